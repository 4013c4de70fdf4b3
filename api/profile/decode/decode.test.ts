import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { DiagnosticsError } from '../../base/errors.ts';
import { heapProfileOrThrow } from '../heap-profile.ts';
import { decodeProfile } from './decode.ts';

/** A varint of up to 64 bits; negative numbers as two's complement. */
function varint(value: number | bigint): number[] {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  for (; rest > 0x7fn; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80);
  return [...bytes, Number(rest)];
}

const number = (field: number, value: number | bigint) => [...varint(field * 8), ...varint(value)];
const bytes = (field: number, ...content: number[][]) => {
  const flat = content.flat();
  return [...varint(field * 8 + 2), ...varint(flat.length), ...flat];
};
const text = (field: number, value: string) => bytes(field, [...Buffer.from(value)]);

const STRINGS = [
  '',
  'inuse_objects',
  'count',
  'inuse_space',
  'bytes',
  'main.a',
  '/a.go',
  'main.b',
  'lib.so',
];
const at = (value: string) => STRINGS.indexOf(value);

const valueType = (type: string, unit: string) =>
  bytes(1, number(1, at(type)), number(2, at(unit)));
const sample = (locations: (number | bigint)[], ...values: (number | bigint)[]) =>
  bytes(2, bytes(1, ...locations.map(varint)), bytes(2, ...values.map(varint)));
const line = (functionId: number | bigint, lineNumber: number) =>
  bytes(4, number(1, functionId), number(2, lineNumber));
const location = (id: number | bigint, ...lines: number[][]) => bytes(4, number(1, id), ...lines);
const fn = (id: number | bigint, name: string) =>
  bytes(5, number(1, id), number(2, at(name)), number(4, at('/a.go')));

const TYPES = [valueType('inuse_objects', 'count'), valueType('inuse_space', 'bytes')];
const FUNCTIONS = [fn(1, 'main.a'), fn(2, 'main.b')];
const STRING_TABLE = STRINGS.map((string) => text(6, string));

/** A profile of two functions, with these samples and locations. */
const profile = (...parts: number[][]) =>
  Uint8Array.from([...TYPES, ...parts, ...FUNCTIONS, ...STRING_TABLE].flat());

const LOCATIONS = [location(1, line(1, 10)), location(2, line(2, 20))];
const SIMPLE = profile(sample([1, 2], 3, 400), ...LOCATIONS);

const stacks = (input: Uint8Array) => {
  const { samples, frames } = decodeProfile(input);
  return samples.map(({ stack }) => Array.from(stack, (index) => frames[index]));
};

describe('a profile', () => {
  it('has its sample types, and frames and values of its samples, leaf first', () => {
    expect(decodeProfile(SIMPLE)).toEqual({
      sampleTypes: [
        { type: 'inuse_objects', unit: 'count' },
        { type: 'inuse_space', unit: 'bytes' },
      ],
      frames: [
        { function: 'main.a', file: '/a.go', line: 10 },
        { function: 'main.b', file: '/a.go', line: 20 },
      ],
      samples: [{ stack: [0, 1], values: [3, 400] }],
    });
  });

  it('is the same gzipped, in two members of gzip, and with zeros behind it', () => {
    const plain = decodeProfile(SIMPLE);
    const halves = [SIMPLE.subarray(0, 20), SIMPLE.subarray(20)].map((half) => gzipSync(half));
    expect(decodeProfile(gzipSync(SIMPLE))).toEqual(plain);
    expect(decodeProfile(Buffer.concat(halves))).toEqual(plain);
    expect(decodeProfile(Buffer.concat([gzipSync(SIMPLE), Buffer.alloc(512)]))).toEqual(plain);
  });

  it('is the same in any order of its messages, packed or not', () => {
    const unpacked = bytes(2, number(1, 1), number(1, 2), number(2, 3), number(2, 400));
    const shuffled = [...STRING_TABLE, unpacked, ...FUNCTIONS, ...LOCATIONS, ...TYPES];
    expect(decodeProfile(Uint8Array.from(shuffled.flat()))).toEqual(decodeProfile(SIMPLE));
  });

  it('is the same with unknown fields of every wire type', () => {
    const unknown = [
      number(100, 7),
      [...varint(101 * 8 + 1), 1, 2, 3, 4, 5, 6, 7, 8],
      text(102, 'new'),
      [...varint(103 * 8 + 5), 1, 2, 3, 4],
    ];
    expect(decodeProfile(Uint8Array.from([...unknown.flat(), ...SIMPLE]))).toEqual(
      decodeProfile(SIMPLE),
    );
  });

  it('says when it began, how long it took and what a sample stands for', () => {
    const extra = [
      number(9, 1_700_000_000_000_000_000n),
      number(10, 30_000_000_000),
      bytes(11, number(1, at('inuse_space')), number(2, at('bytes'))),
      number(12, 524_288),
      number(13, at('main.a')),
      number(14, at('inuse_space')),
    ];
    expect(decodeProfile(profile(...extra))).toMatchObject({
      startedAtMs: 1_700_000_000_000,
      durationMs: 30_000,
      periodType: { type: 'inuse_space', unit: 'bytes' },
      period: 524_288,
      comments: ['main.a'],
      defaultSampleType: 'inuse_space',
      samples: [],
    });
  });
});

describe('a stack', () => {
  it('has a frame for every inlined call, innermost first', () => {
    const input = profile(sample([1], 1, 1), location(1, line(1, 10), line(2, 20)));
    expect(stacks(input)).toEqual([
      [
        { function: 'main.a', file: '/a.go', line: 10 },
        { function: 'main.b', file: '/a.go', line: 20 },
      ],
    ]);
  });

  it('keeps places without a symbol by address and mapping, as leaf and in the middle', () => {
    const mapping = bytes(3, number(1, 1), number(5, at('lib.so')));
    const input = profile(
      mapping,
      sample([3, 1, 4], 1, 1),
      location(3, number(2, 1), number(3, 0x47a3bc)),
      location(4, number(3, 0xffff_ffff_8100_0000n)),
      ...LOCATIONS,
    );
    expect(stacks(input)).toEqual([
      [
        { function: '0x47a3bc', file: 'lib.so', line: 0 },
        { function: 'main.a', file: '/a.go', line: 10 },
        { function: '0xffffffff81000000', file: '', line: 0 },
      ],
    ]);
  });

  it('keeps a line whose function is missing by its address', () => {
    const input = profile(sample([1], 1, 1), location(1, number(3, 0xbeef), line(77, 5)));
    expect(stacks(input)).toEqual([[{ function: '0xbeef', file: '', line: 0 }]]);
  });

  it('shares a frame with others at the same place', () => {
    const input = profile(
      sample([1], 1, 1),
      sample([9], 1, 1),
      location(1, line(1, 10)),
      location(9, line(1, 10)),
    );
    expect(decodeProfile(input).frames).toHaveLength(1);
  });

  it('is found by ids of 64 bits that differ in their last one', () => {
    const [even, odd] = [2n ** 63n, 2n ** 63n + 1n];
    const input = profile(
      sample([odd, even], 1, 1),
      location(even, line(1, 10)),
      location(odd, line(2, 20)),
    );
    expect(stacks(input)[0]!.map((frame) => frame!.line)).toEqual([20, 10]);
  });

  it('may have a line number that no file has', () => {
    const input = profile(
      sample([1], 1, 1),
      location(1, line(1, 2 ** 40)),
      location(2, line(1, -7)),
    );
    expect(decodeProfile(input).frames.map((frame) => frame.line)).toEqual([2 ** 40, -7]);
  });
});

describe('a value', () => {
  it.each([
    [-5, -5],
    [-(2 ** 40), -(2 ** 40)],
    [Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER],
    [Number.MIN_SAFE_INTEGER, Number.MIN_SAFE_INTEGER],
    [2n ** 63n - 1n, 2 ** 63],
    [-(2n ** 63n), -(2 ** 63)],
    [2n ** 53n + 1n, 2 ** 53],
  ])('of %d is read as %d, the nearest double', (written, read) => {
    const input = profile(sample([1], written, 0), ...LOCATIONS);
    expect(decodeProfile(input).samples[0]!.values[0]).toBe(read);
  });
});

describe('what is no profile', () => {
  it.each([
    ['nothing', '', /empty/],
    ['an HTML page', '<html><body>404</body></html>', /HTML/],
    ['JSON', '{"error":"not found"}', /JSON/],
    [
      'a heap profile in text form',
      'heap profile: 2: 512 [2: 512] @ heap/1048576\n',
      /text form \(debug=1\)/,
    ],
    ['another profile in text form', '--- contention:\ncycles/second = 1\n', /text form/],
    ['a goroutine dump', 'goroutine 1 [running]:\nmain.main()\n', /goroutine dump/],
    ['gzip inside gzip', gzipSync(SIMPLE), /gzip inside gzip/],
  ])('says that it is %s', (_, content, message) => {
    expectInvalid(gzipSync(content), message);
  });

  it.each([
    ['a group', Uint8Array.from([0x0b, 0x0c]), /wire type 3/],
    ['an unknown group', Uint8Array.from([0xa3, 0x06]), /wire type 3/],
    ['field number 0', Uint8Array.from([0x00, 0x01]), /field number 0/],
    ['a length beyond the end', Uint8Array.from([0x0a, 0x7f, 0x00]), /length beyond the end/],
    [
      'an endless varint',
      Uint8Array.from([0x48, ...new Array(10).fill(0x80), 0x01]),
      /endless varint/,
    ],
    ['a varint cut off', Uint8Array.from([0x48, 0x80]), /mid-varint/],
    ['a string for a number', Uint8Array.from(text(9, 'now')), /field 9 with wire type 2/],
    ['no sample types', Uint8Array.from(STRING_TABLE.flat()), /no sample types/],
    ['a first string', Uint8Array.from([...text(6, 'x'), ...SIMPLE]), /first string/],
    ['a string it has not', profile(number(14, 99)), /string 99 of 9/],
    ['a negative string', profile(number(14, -1)), /string -1 of 9/],
    ['a location it has not', profile(sample([5], 1, 1)), /unknown location 5/],
    ['two locations of one id', profile(location(1), location(1)), /second location with the id 1/],
    ['two functions of one id', profile(fn(1, 'main.a')), /second function with the id 1/],
    ['a location with the id 0', profile(location(0)), /location with the id 0/],
    ['too many values', profile(sample([1], 1, 2, 3), ...LOCATIONS), /3 values for 2 sample types/],
  ])('says where it has %s', (_, content, message) => {
    expectInvalid(content, message);
  });

  it('says that its gzip data is damaged', () => {
    expectInvalid(gzipSync(SIMPLE).subarray(0, 30), /gzip data of the profile is damaged/);
  });

  it('is refused before it is unpacked to more than the limit', () => {
    const bomb = gzipSync(Buffer.alloc(1024 * 1024));
    expect(() => decodeProfile(bomb, { maxInflatedBytes: 64 * 1024 })).toThrow(
      expect.objectContaining({ code: 'LIMIT_EXCEEDED' }),
    );
  });

  function expectInvalid(input: Uint8Array, message: RegExp): void {
    expect(() => decodeProfile(input)).toThrow(DiagnosticsError);
    expect(() => decodeProfile(input)).toThrow(expect.objectContaining({ code: 'INVALID_INPUT' }));
    expect(() => decodeProfile(input)).toThrow(message);
  }
});

describe('a heap profile', () => {
  const withTypes = (...types: string[]) => ({
    sampleTypes: types.map((type) => ({ type, unit: 'bytes' })),
    frames: [],
    samples: [],
  });

  it.each([
    [['inuse_space']],
    [['inuse_objects', 'inuse_space']],
    [['alloc_objects', 'alloc_space']],
    [['alloc_objects', 'alloc_space', 'inuse_objects', 'inuse_space']],
  ])('has %j', (types) => {
    expect(heapProfileOrThrow(withTypes(...types))).toEqual(withTypes(...types));
  });

  it('of V8 gets the names of Go', () => {
    expect(heapProfileOrThrow(withTypes('objects', 'space'))).toEqual(
      withTypes('inuse_objects', 'inuse_space'),
    );
  });

  it.each([[['samples', 'cpu']], [['inuse_objects']], [['alloc_space']], [[]]])(
    'is not one with %j, says a typed error',
    (types) => {
      expect(() => heapProfileOrThrow(withTypes(...types))).toThrow(
        expect.objectContaining({
          code: 'INVALID_INPUT',
          message: expect.stringMatching(/no heap profile/),
        }),
      );
    },
  );
});
