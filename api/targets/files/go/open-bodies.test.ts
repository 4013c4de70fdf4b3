/** Responses of HTTP that a program has not closed, as a dump shows them. */
import { expect, it } from 'vitest';
import { goroutine, MAIN, many } from './testing/dumps.ts';
import { toldIn } from './testing/findings.ts';

const DIAL: [string, string] = [
  'created by net/http.(*Transport).dialConn in goroutine 9',
  '/usr/local/go/src/net/http/transport.go:1776',
];
const READ_LOOP: [string, string] = [
  'net/http.(*persistConn).readLoop(0xc0002a0000)',
  '/usr/local/go/src/net/http/transport.go:2238',
];
const open = (count: number, wait = ', 30 minutes') =>
  many(
    count,
    (at) =>
      goroutine(1_000 + at, `select${wait}`, READ_LOOP, DIAL) +
      goroutine(
        5_000 + at,
        `select${wait}`,
        [
          'net/http.(*persistConn).writeLoop(0xc0002a0000)',
          '/usr/local/go/src/net/http/transport.go:2421',
        ],
        DIAL,
      ),
  );
const idle = (count: number) =>
  many(count, (at) =>
    goroutine(
      9_000 + at,
      'IO wait, 30 minutes',
      ['bufio.(*Reader).Peek(0xc0001)', '/usr/local/go/src/bufio/bufio.go:148'],
      READ_LOOP,
      DIAL,
    ),
  );
const reading = (count: number) =>
  many(count, (at) =>
    goroutine(
      12_000 + at,
      'IO wait, 30 minutes',
      [
        'net/http.(*bodyEOFSignal).Read(0xc0001, {0x1, 0x2, 0x3})',
        '/usr/local/go/src/net/http/transport.go:2900',
      ],
      ['main.stream(0x1)', '/app/stream.go:40'],
      MAIN,
    ),
  );

it('are told, with what each of them keeps', () => {
  expect(toldIn(open(40) + idle(100))).toEqual([
    {
      kind: 'LEFT_BEHIND',
      severity: 'NOTICE',
      at: null,
      count: 40,
      sentence:
        '40 responses of net/http are open, whose bodies nobody reads or has closed, for up to 30 min; each keeps a connection and two goroutines.',
    },
  ]);
  expect(toldIn(open(300))).toMatchObject([{ kind: 'LEFT_BEHIND', severity: 'WARNING' }]);
});

it('are told of a profile where they are many, and as one finding where they are thousands', () => {
  const profile = (count: number) =>
    `goroutine profile: total ${count}\n${count} @ 0x1 0x2\n#\t0x1\tnet/http.(*persistConn).readLoop+0x9c8\t/usr/local/go/src/net/http/transport.go:1536\n\n`;
  expect(toldIn(profile(426))).toMatchObject([{ kind: 'LEFT_BEHIND', count: 426 }]);
  expect(toldIn(profile(30))).toEqual([]);
  expect(toldIn(open(2_500))).toHaveLength(1);
});

it.each([
  ['somebody reads them', open(40) + reading(40)],
  ['they have just come', open(40, '')],
  ['the connections are idle', idle(500)],
  ['they are few', open(3)],
])('are not told where %s', (_, dump) => {
  expect(toldIn(dump)).toEqual([]);
});
