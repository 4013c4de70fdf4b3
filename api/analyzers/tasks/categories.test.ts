import { describe, expect, it } from 'vitest';
import { createCategorizer, NODE_CATEGORY_RULES } from './categories.ts';
import type { Task } from './types.ts';

function task(overrides: Partial<Task> = {}): Task {
  return {
    state: 'await',
    waitMs: 0,
    weight: 1,
    frames: [
      { function: 'load', file: '/app/db.js', line: 7 },
      { function: 'poll', file: '/app/worker.js', line: 3 },
    ],
    stackKind: 'WAITS',
    request: null,
    isRefed: null,
    ...overrides,
  };
}

const nodeFrame = (name: string, file = 'node:internal') => [{ function: name, file, line: 1 }];

describe('a categorizer', () => {
  it('believes the request before any rule', () => {
    const request = { route: 'GET /', startedAtMs: 0, endedAtMs: null };
    expect(
      createCategorizer([{ category: 'BACKGROUND', function: /load/ }])(task({ request })),
    ).toEqual({
      category: 'PER_REQUEST',
      reason: 'created while serving an incoming request',
    });
  });

  it('takes the first rule that matches any frame, and gives its reason', () => {
    const verdict = createCategorizer([
      { category: 'PER_REQUEST', function: /^absent$/ },
      { category: 'BACKGROUND', file: /worker/, because: 'workers run for good' },
      { category: 'UNKNOWN', function: /./ },
    ])(task());
    expect(verdict).toEqual({ category: 'BACKGROUND', reason: 'workers run for good' });
  });

  it.each([
    ['groups of their own', /^absent$/, /^(.)o\1o$/],
    ['names', /^(?<first>x)$/, /^(?<first>.)o\k<first>o$/],
    ['other flags', /^absent$/, /^LOLO$/i],
  ])('takes patterns with %s as if each stood alone', (_, other, pattern) => {
    const categorize = createCategorizer([
      { category: 'PER_REQUEST', function: other },
      { category: 'BACKGROUND', function: pattern },
    ]);
    expect(categorize(task({ frames: nodeFrame('lolo') }))).toMatchObject({
      category: 'BACKGROUND',
    });
    expect(categorize(task({ frames: nodeFrame('load') }))).toMatchObject({ category: 'UNKNOWN' });
  });

  it('shows the patterns of a rule without a reason', () => {
    const { reason } = createCategorizer([{ category: 'BACKGROUND', file: /worker/ }])(task());
    expect(reason).toBe('a rule matches: /worker/');
  });

  it('wants function and file on the same frame', () => {
    const rule = { category: 'BACKGROUND', function: /^load$/, file: /worker/ } as const;
    expect(createCategorizer([rule])(task()).category).toBe('UNKNOWN');
  });

  it('answers alike each time for a pattern that remembers its position', () => {
    const rule = { category: 'BACKGROUND', function: /load/g } as const;
    const answers = [1, 2, 3].map(() => createCategorizer([rule])(task()).category);
    expect(answers).toEqual(['BACKGROUND', 'BACKGROUND', 'BACKGROUND']);
  });

  it('says that it does not know', () => {
    expect(createCategorizer([])(task()).category).toBe('UNKNOWN');
  });
});

describe('the rules for Node', () => {
  it.each([
    { what: 'a listening server', state: 'listen', frames: nodeFrame('setupListenHandle') },
    { what: 'an interval', state: 'timer', frames: nodeFrame('setInterval', 'node:timers') },
    { what: 'an idle timeout', state: 'timer', frames: nodeFrame('Socket.setStreamTimeout') },
    { what: 'an accepted connection', state: 'IO wait', frames: nodeFrame('TCPWRAP', '') },
    { what: 'a file watcher', state: 'file watch', frames: nodeFrame('FSWatcher') },
    { what: 'an unrecorded server', state: 'untracked', frames: nodeFrame('TCPServerWrap', '') },
  ])('take $what for background work', ({ state, frames }) => {
    const verdict = createCategorizer(NODE_CATEGORY_RULES)(task({ state, frames }));
    expect(verdict.category).toBe('BACKGROUND');
  });

  it.each([
    { what: 'a one-shot timer', state: 'timer', frames: nodeFrame('setTimeout', 'node:timers') },
    { what: 'an app’s own setInterval', state: 'timer', frames: nodeFrame('setInterval', '/a.js') },
    { what: 'an outgoing connection', state: 'IO wait', frames: nodeFrame('Socket.connect') },
    { what: 'an await', state: 'await', frames: nodeFrame('load', '/app.js') },
  ])('do not judge $what', ({ state, frames }) => {
    const verdict = createCategorizer(NODE_CATEGORY_RULES)(task({ state, frames }));
    expect(verdict.category).toBe('UNKNOWN');
  });
});
