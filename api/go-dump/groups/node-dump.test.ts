import { describe, expect, it } from 'vitest';
import { NODE_CATEGORY_RULES } from '../../analyzers/tasks/categories.ts';
import { groupTasks } from '../../analyzers/tasks/groups.ts';
import { tasksFromReading } from '../../analyzers/tasks/node-tasks.ts';
import { rawDump } from '../../analyzers/tasks/raw-dump.ts';
import { MS_PER_MINUTE } from '../../base/numbers/units.ts';
import type {
  RequestReading,
  StackFrame,
  TaskReading,
  TasksReading,
} from '../../probe/readings/tasks.ts';
import { parseGoDump } from '../parse.ts';
import { isNodeDump, nodeDumpGroups } from './node-dump.ts';

const NOW_MS = 10_000_000;

const frame = (name: string, file = '/app.js', line = 7): StackFrame => ({
  function: name,
  file,
  line,
  column: 1,
  isAsync: false,
});

let lastId = 0;
const task = (overrides: Partial<TaskReading>): TaskReading => ({
  id: ++lastId,
  type: 'PROMISE',
  createdAtMs: NOW_MS,
  weight: 1,
  stack: 0,
  stackKind: 'WAITS',
  request: null,
  isRefed: null,
  ...overrides,
});

const request = (overrides: Partial<RequestReading>): RequestReading => ({
  id: 1,
  asyncId: 9,
  method: 'GET',
  route: '/users/:id',
  startedAtMs: NOW_MS - 9 * MS_PER_MINUTE,
  endedAtMs: null,
  ...overrides,
});

/** A promise of a request, one left behind, a pool's connection, a worker loop, a server, and a bare request. */
const READING = {
  takenAtMs: NOW_MS,
  stacks: [
    [frame('load'), frame('handle', '/app.js', 12)],
    [frame('deliver', '/mail.js', 3)],
    [frame('new Pool', '/pool.js', 1)],
    [frame('setInterval', 'node:timers', 1), frame('poll', '/poll.js', 2)],
  ],
  requests: [
    request({}),
    request({ id: 2, method: 'POST', route: '/a b/:id', endedAtMs: NOW_MS - 500 }),
  ],
  tasks: [
    task({ request: 1, createdAtMs: NOW_MS - 5 * MS_PER_MINUTE }),
    task({ request: 1 }),
    task({ request: 2, stack: 1 }),
    task({ request: 2, type: 'TCPWRAP', stack: 2 }),
    task({ type: 'Timeout', stack: 3 }),
    task({ type: 'TCPSERVERWRAP', stack: -1 }),
    task({ request: 1, type: 'HTTP_REQUEST', stack: -1, createdAtMs: NOW_MS - 9 * MS_PER_MINUTE }),
  ],
  untracked: { TTYWrap: 1 },
  isExact: false,
} as unknown as TasksReading;

const LIVE = groupTasks(tasksFromReading(READING), {
  nowMs: NOW_MS,
  rules: NODE_CATEGORY_RULES,
});
const DUMP = parseGoDump(rawDump(READING).text);

const figuresOf = ({ groups }: Pick<typeof LIVE, 'groups'>) =>
  groups
    .map(({ frames, state, category, routes, count, stuckCount, longWaitingCount }) => ({
      top: `${frames[0]!.function} ${frames[0]!.file}`,
      depth: frames.length,
      state,
      category,
      routes: routes.map((each) => ({ ...each, route: each.route.replaceAll('_', ' ') })),
      count,
      stuckCount,
      longWaitingCount,
    }))
    .sort((a, b) => `${a.state}${a.top}`.localeCompare(`${b.state}${b.top}`));

describe('nodeDumpGroups', () => {
  it('gives of a dump what the process itself gave: category, route and what is stuck', () => {
    const groups = nodeDumpGroups(DUMP);
    expect(figuresOf(groups)).toEqual(figuresOf(LIVE));
    expect(groups.summary).toEqual(LIVE.summary);
    expect(groups.total).toBe(LIVE.total);
  });

  it('says why a group is stuck, without times that the dump does not tell', () => {
    const reasons = nodeDumpGroups(DUMP).groups.map(({ stuckReason }) => stuckReason);
    expect(reasons.filter((reason) => reason !== null)).toEqual([
      '1 task of GET /users/:id has waited 9 min, over the limit of 60 s.',
      '1 task of GET /users/:id has waited 5 min, over the limit of 60 s.',
      '1 task of POST /a_b/:id has stayed alive after the request ended.',
    ]);
  });

  it('applies the rules of its user first', () => {
    const rules = [{ category: 'UNKNOWN', function: /^poll$/ }] as const;
    const group = nodeDumpGroups(DUMP, { rules }).groups.find(({ state }) => state === 'timer');
    expect(group?.category).toBe('UNKNOWN');
  });
});

describe('isNodeDump', () => {
  it('tells a dump of Node from one of Go', () => {
    expect(isNodeDump(DUMP)).toBe(true);
    const go = 'goroutine 1 [IO wait]:\nmain.main()\n\t/app/main.go:7 +0x1d\n';
    expect(isNodeDump(parseGoDump(go))).toBe(false);
    const unknown = 'goroutine 1 [chan receive]:\nmain.main()\n';
    expect(isNodeDump(parseGoDump(unknown))).toBe(false);
    expect(isNodeDump(parseGoDump(''))).toBe(false);
  });
});
