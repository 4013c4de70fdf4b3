import { describe, expect, it } from 'vitest';
import type { Finding } from '../../health/finding.ts';
import { createAsker } from '../pprofql/ask.ts';
import { LoopDocument } from '../pprofql/generated/graphql.ts';
import { fleetHealth } from './hub/health.ts';
import { mergeTasks } from './hub/tasks.ts';
import { readAbout, readHealth, readPulse } from './wire/about.ts';
import { COLUMNS, joinPoints, readPoint, type StreamPoint, writePoint } from './wire/points.ts';
import { DOCUMENTS, readAnswer, readQuestion, writeAnswer } from './wire/questions.ts';

const aPoint = (values: Partial<StreamPoint>): StreamPoint => ({
  ...(readPoint('0,1,', COLUMNS) as StreamPoint),
  ...values,
});

describe('a point in a stream', () => {
  it('comes back as it was written, with what is not known as null', () => {
    const point = aPoint({
      timestampMs: 1_795_698_535_461,
      alloc: 123_456_789,
      usagePercent: 12.34,
      eventLoopUtilization: 0.0123,
      isProfiled: true,
      blockedForMs: 0,
    });
    expect(readPoint(writePoint(point), COLUMNS)).toEqual(point);
  });

  it('takes as many bytes as a day of hundreds may', () => {
    const values = Object.fromEntries(COLUMNS.map((name) => [name, 1_234_567_890.123]));
    expect(writePoint(aPoint(values)).length).toBeLessThan(220);
  });

  it('is read by the columns of its writer, which may be of another version', () => {
    const text = '1000,1,,7,8';
    expect(readPoint(text, ['someday', 'alloc'])).toMatchObject({ alloc: 8, sys: null });
  });

  it.each([[''], ['x,1,'], ['1'], [undefined], [7], ['1,1,'.padEnd(2_000, '1')]])(
    'is not %s',
    (text) => expect(readPoint(text, COLUMNS)).toBeNull(),
  );

  it('stands for many: what happened is put together, how things stood is the last', () => {
    const joined = joinPoints([
      aPoint({ usagePercent: 10, eventLoopDelayMaxMs: 900, alloc: 5, gcPauseTotalMs: 3 }),
      aPoint({ usagePercent: 30, eventLoopDelayMaxMs: 20, alloc: 7, gcPauseTotalMs: null }),
    ]);
    expect(joined).toMatchObject({
      usagePercent: 20,
      eventLoopDelayMaxMs: 900,
      alloc: 7,
      gcPauseTotalMs: 3,
    });
    expect(joinPoints([])).toBeNull();
  });
});

describe('what anybody may have written', () => {
  it.each([[''], ['null'], ['[]'], ['{'], ['{"service":7}'], [`"${'x'.repeat(300_000)}"`]])(
    'is no instance: %.20s',
    (text) => {
      expect([readAbout(text), readPulse(text), readHealth(text)]).toEqual([null, null, null]);
    },
  );

  const id = 'ab'.repeat(16);
  const question = (asked: unknown, more = {}) =>
    Buffer.from(JSON.stringify({ id, hub: id, waitMs: 1, asked, ...more }));

  it('is a question where it names a document, and its variables are numbers and truths', () => {
    const asked = { kind: 'DOCUMENT', document: 'Tasks', hash: 'x', variables: { raw: false } };
    expect(readQuestion(question(asked))).toMatchObject({ asked });
    expect([...DOCUMENTS.keys()]).toContain('Tasks');
    expect(readQuestion(question({ ...asked, variables: { raw: 'x' } }))).toBeNull();
    expect(readQuestion(question({ ...asked, variables: { raw: { a: 1 } } }))).toBeNull();
    expect(readQuestion(question({ kind: 'SHELL' }))).toBeNull();
    expect(readQuestion(question({ kind: 'HEAP' }, { hub: 'other:channel' }))).toBeNull();
    expect(readQuestion(question({ kind: 'HEAP', more: 'x'.repeat(10_000) }))).toBeNull();
  });

  it('waits for ten minutes at most', () => {
    expect(readQuestion(question({ kind: 'HEAP' }, { waitMs: 1e12 }))?.waitMs).toBe(600_000);
  });

  it('is an answer with a head that is one', () => {
    const answer = { id, error: null, isPacked: false, document: null, body: Buffer.from('a\nb') };
    expect(readAnswer(writeAnswer(answer))).toEqual(answer);
    expect(readAnswer(Buffer.from('no head'))).toBeNull();
    expect(readAnswer(Buffer.from('{"id":"x"}\nbody'))).toBeNull();
    expect(readAnswer(Buffer.alloc(100, '\n'))).toBeNull();
  });
});

const aGroup = (values: object) => ({
  stackId: 's',
  state: 'await',
  count: 1,
  sampled: 1,
  stuckCount: 0,
  stuckReason: null,
  longWaitingCount: 0,
  outlivedRequest: 0,
  routes: [],
  oldestWaitMs: 5,
  ...values,
});
const answer = (name: string, ...groups: object[]) =>
  ({ name, tasks: { groups: groups.map(aGroup) } }) as never;

describe('tasks of many instances', () => {
  it('are merged by stack and state, with a count for each instance', () => {
    const groups = mergeTasks([
      answer('a', { count: 2 }, { count: 1, category: 'UNKNOWN' }, { stackId: 't', count: 9 }),
      answer('b', { count: 7, oldestWaitMs: 50, stuckCount: 7, stuckReason: 'of b' }),
    ]);
    const told = groups.map((group) => ({ ...group, instances: group.instances({ limit: 9 }) }));
    expect(told).toMatchObject([
      {
        stackId: 's',
        count: 10,
        stuckCount: 7,
        oldestWaitMs: 50,
        stuckReason: 'of b',
        instances: [
          { name: 'b', count: 7 },
          { name: 'a', count: 3 },
        ],
      },
      { stackId: 't', count: 9, instances: [{ name: 'a', count: 9 }] },
    ]);
  });
});

describe('spans and routes of tasks of many instances', () => {
  it('are those of all of them, most first', () => {
    const span = (spanId: string, count: number) => ({ traceId: 't', spanId, count });
    const [group] = mergeTasks([
      answer('a', { spans: [span('1', 2)], routes: [{ route: 'GET /a', count: 2 }] }),
      answer('b', {
        oldestWaitMs: 50,
        spans: [span('2', 5)],
        routes: [
          { route: 'GET /b', count: 1 },
          { route: 'GET /a', count: 1 },
        ],
      }),
      answer('c', {}),
    ]);
    expect(group?.spans).toEqual([span('2', 5), span('1', 2)]);
    expect(group?.routes).toEqual([
      { route: 'GET /a', count: 3 },
      { route: 'GET /b', count: 1 },
    ]);
  });
});

describe('the health of a fleet', () => {
  const finding = (values: Partial<Finding>): Finding => ({
    id: 'x',
    kind: 'LEFT_BEHIND',
    severity: 'WARNING',
    sinceMs: 5,
    sentence: 'Tasks are left behind.',
    culprit: { function: 'f', file: '/a.js', line: 3 },
    stack: [],
    routes: [],
    count: 4,
    bytes: null,
    nextStep: 'Look.',
    ...values,
  });
  const instance = (title: string, ...findings: Finding[]) => ({
    title,
    service: 'shop',
    health: {
      status: 'WARNING' as const,
      sentence: '',
      checkedAtMs: 0,
      findings,
      tooEarly: [],
      cleared: [],
    },
  });

  it('tells once what is wrong with many, and worst first', () => {
    const { status, findings } = fleetHealth(
      [
        instance('one', finding({})),
        instance(
          'two',
          finding({ sinceMs: 2 }),
          finding({ severity: 'NOTICE', kind: 'SLOW_LOOP' }),
        ),
        instance('three', finding({ kind: 'BLOCKED_LOOP', severity: 'CRITICAL', culprit: null })),
      ],
      9,
    );
    expect(status).toBe('CRITICAL');
    expect(findings).toMatchObject([
      { kind: 'BLOCKED_LOOP', sentence: 'three: tasks are left behind.', count: 1 },
      {
        kind: 'LEFT_BEHIND',
        count: 2,
        sinceMs: 2,
        sentence: '2 of 3 instances of shop, such as one: tasks are left behind.',
      },
    ]);
  });

  it('is well where nobody tells of anything', () => {
    expect(fleetHealth([instance('one')], 9).sentence).toMatch(/nothing wrong/);
    expect(fleetHealth([], 9).sentence).toMatch(/No instance/);
  });
});

describe('an instance of another version', () => {
  it('answers with its own document, and what that has not is null', async () => {
    const body = Buffer.from('{"data":{"eventLoop":{"state":"RESPONSIVE"}}}');
    const sent: string[] = [];
    const { ask, lackingIn } = createAsker({
      name: 'x',
      async post({ text }) {
        sent.push(text);
        return { body, document: sent.length === 1 ? 'query Loop{eventLoop{state}}' : null };
      },
    });
    const question = { timeoutMs: 1, variables: {} };
    const answer = { eventLoop: { state: 'RESPONSIVE', sentence: null }, stalls: null };
    expect(await ask(LoopDocument, question)).toMatchObject(answer);
    expect(await ask(LoopDocument, question)).toMatchObject(answer);
    expect(lackingIn(LoopDocument)).toContain('stalls');
    // From then on it is asked for what it has: of that it need not send its document again.
    expect(sent).toEqual([`${LoopDocument}`, 'query Loop{eventLoop{state}}']);
  });
});
