/**
 * Whole programs with pprofql preloaded, blocked in every way we know of.
 * `PPROFQL_TEST_NODE` is the Node they run on. @default the one that runs the tests
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { observed, Program } from '../../../scripts/testing/program.ts';

const PROGRAM = fileURLToPath(
  new URL('../../../scripts/fixtures/blocked/program.js', import.meta.url),
);
const THRESHOLD_MS = 150;
/** `BLOCK_MS` of the program. */
const SPUN_MS = 1_000;
const STOPPED_MS = 3_000;
/** For what may have to be done several times before it is seen. */
const OFTEN = { timeout: 80_000, interval: 100 };

const QUERY = `{
  eventLoop { state blockedForMs sentence stack { stack } }
  stalls { id state durationMs looks nativeLooks sentence stacks { looks isNativeCaller } }
  pprof { observation { via ageMs } history { sequence responding blockedForMs } }
}`;
const TASKS_QUERY = '{ goroutines { observation { via ageMs } totalGoroutines } }';

const HEAP_QUERY =
  '{ pprof { observation { ageMs } runtime { numGoroutine numGoroutineAgeMs } allocationProfile { collectedAt ageMs pauseMs } } }';

interface HeapAge {
  collectedAt: string;
  ageMs: number;
  pauseMs: number;
}

interface Heap {
  pprof: {
    observation: { ageMs: number };
    runtime: { numGoroutine: number; numGoroutineAgeMs: number };
    allocationProfile: HeapAge;
  };
}

interface Tasks {
  goroutines: { observation: { via: string; ageMs: number }; totalGoroutines: number };
}

interface Answer {
  eventLoop: {
    state: string;
    blockedForMs: number;
    sentence: string;
    stack: { stack: string[] } | null;
  };
  stalls: {
    id: string;
    state: string;
    durationMs: number | null;
    looks: number;
    nativeLooks: number;
    sentence: string;
  }[];
  pprof: {
    observation: { via: string; ageMs: number };
    history: { sequence: number; responding: boolean; blockedForMs: number | null }[];
  };
}

/** A program that will be blocked in these ways. */
class BlockedProgram extends Program {
  readonly #folder: string;

  constructor(ways: string[], flags: string[] = [], thresholdMs: number = THRESHOLD_MS) {
    const folder = mkdtempSync(path.join(tmpdir(), 'pprofql-stall-'));
    const args = [...flags, ...observed([PROGRAM, String(ways), folder])];
    super(args, { env: { PPROFQL_STALL_MS: String(thresholdMs) } });
    this.#folder = folder;
  }

  /** Ends what blocks it until then. */
  release(): void {
    writeFileSync(path.join(this.#folder, 'release'), '');
  }

  override async kill(): Promise<void> {
    await super.kill();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** Waits until pprofql has its first figures. */
  async ready(): Promise<void> {
    await this.printed(/ready/);
    await vi.waitFor(async () => {
      expect((await this.answer()).pprof.history.length).toBeGreaterThan(0);
    });
    // Refused while its start keeps a busy machine's loop from turning, and none were read before.
    await vi.waitFor(() => this.ask(TASKS_QUERY));
  }

  /** Waits until it serves, and asks nothing yet. */
  async serving(): Promise<void> {
    await Promise.all([this.url(), this.printed(/ready/)]);
  }

  answer(): Promise<Answer> {
    return this.ask<Answer>(QUERY);
  }

  async result(way: string): Promise<string> {
    const [, result] = await this.printed(new RegExp(`^result of ${way}: (.*)$`, 'm'));
    return result!;
  }

  async get(path: string): Promise<Response> {
    return fetch(`${await this.url()}${path}`);
  }

  /** Lines on stderr other than what pprofql says at its start. */
  complaints(): string[] {
    return this.stderr.split('\n').filter((line) => line !== '' && !line.startsWith('pprofql: '));
  }
}

describe('a program whose event loop is blocked, one way after the other', () => {
  const ways = 'loop regex microtasks ticks wait exec crypto pipe json'.split(' ');
  let running: BlockedProgram;

  beforeAll(async () => {
    running = new BlockedProgram(ways);
    await running.ready();
  });
  afterAll(() => running.kill());

  const inJavaScript = 'RUNNING_JAVASCRIPT';
  const inNativeCode = 'IN_NATIVE_CODE';
  it.each([
    ['an endless loop', 'loop', 'spun', inJavaScript, /JavaScript: .*program\.js:\d+/],
    [
      'a backtracking regular expression',
      'regex',
      'false',
      inJavaScript,
      /RegExp.test, called from .*backtrack.*\(.*program\.js:\d+\)/,
    ],
    ['a storm of microtasks', 'microtasks', 'calm', inJavaScript, /JavaScript/],
    ['a storm of ticks', 'ticks', 'calm', inJavaScript, /JavaScript/],
    [
      'Atomics.wait',
      'wait',
      'timed-out',
      inJavaScript,
      /Atomics.wait, called from .*wait \(.*program\.js:\d+\)/,
    ],
    [
      'execSync',
      'exec',
      'slept',
      inNativeCode,
      /execSync, called from .*exec \(.*program\.js:\d+\)/,
    ],
    [
      'synchronous crypto',
      'crypto',
      '1f80cdc3',
      inNativeCode,
      /pbkdf2Sync, called from .*crypto \(.*program\.js:\d+\)/,
    ],
    ['a synchronous read', 'pipe', 'water', inNativeCode, /program\.js:\d+/],
    ['a large JSON.parse', 'json', '1500001', inNativeCode, /native code/],
  ])(
    'says so for %s, and leaves the program unharmed',
    async (_name, way, result, state, sentence) => {
      const earlier = (await running.answer()).stalls.map(({ id }) => id);
      running.write(way);
      expect(await running.result(way)).toBe(result);
      const stall = await vi.waitFor(async () => {
        const { eventLoop, stalls } = await running.answer();
        const found = stalls.find(
          ({ id, durationMs, sentence: told }) =>
            !earlier.includes(id) && durationMs !== null && sentence.test(told),
        );
        // A busy machine had no time to look before it was over: once more, then.
        const missed = stalls.filter(({ id, looks }) => !earlier.includes(id) && looks === 0);
        if (found === undefined && missed.length > 0) {
          earlier.push(...missed.map(({ id }) => id));
          running.write(way);
        }
        expect(eventLoop.state).toBe('RESPONSIVE');
        expect(found, JSON.stringify(stalls)).toBeDefined();
        return found!;
      }, OFTEN);
      expect(stall.state).toBe(state);
      expect(stall.durationMs).toBeGreaterThan(THRESHOLD_MS);
      expect(stall.looks).toBeGreaterThan(0);
      expect(running.complaints()).toEqual([]);
    },
  );

  it('lets the program end as it would after all of them', async () => {
    expect(await running.end()).toMatchObject({ code: 0 });
    expect(running.complaints()).toEqual([]);
  });
});

// All at once: each has a program of its own, and waits most of the time.
describe.concurrent('a program whose event loop is blocked', () => {
  async function block(running: BlockedProgram, way: string): Promise<void> {
    await running.ready();
    running.write(way);
  }

  it('answers from inside a running loop while it runs', async () => {
    await using running = new BlockedProgram(['loopUntilReleased']);
    await block(running, 'loopUntilReleased');
    const answer = await vi.waitFor(async () => {
      const current = await running.answer();
      expect(current.eventLoop.state).toBe('RUNNING_JAVASCRIPT');
      expect(current.pprof.history.at(-1)!.blockedForMs).toBeGreaterThan(0);
      // A busy machine may not answer in time there either: then the last known is told.
      expect(current.pprof.observation.via).toBe('INSPECTOR');
      return current;
    });
    expect(answer.eventLoop.blockedForMs).toBeGreaterThan(THRESHOLD_MS);
    expect(answer.eventLoop.stack!.stack.join('\n')).toMatch(/spin\n\t.*program\.js:\d+/);
    expect(answer.stalls[0]!.durationMs).toBeNull();
    await vi.waitFor(async () => {
      const { goroutines } = await running.ask<Tasks>(TASKS_QUERY);
      expect(goroutines.observation.via).toBe('INSPECTOR');
      expect(goroutines.totalGoroutines).toBeGreaterThan(0);
    });
    running.release();
    expect(await running.result('loopUntilReleased')).toBe('spun');
    await vi.waitFor(async () => {
      const { history } = (await running.answer()).pprof;
      expect(history.at(-1)).toMatchObject({ responding: true, blockedForMs: 0 });
      expect(history.map(({ sequence }) => sequence)).toEqual(history.map((_, index) => index + 1));
    });
    expect(await running.end()).toMatchObject({ code: 0 });
  });

  it('is told of a stall that the first query falls into, which pprofql loads GraphQL for', async () => {
    // A gap of some beats that a loaded machine makes must not take the place of this one.
    await using running = new BlockedProgram(['loop'], [], 3 * THRESHOLD_MS);
    await running.serving();
    running.write('loop');
    await running.answer();
    expect(await running.result('loop')).toBe('spun');
    const lastedMs = await vi.waitFor(async () => {
      const { eventLoop, stalls } = await running.answer();
      expect(eventLoop.state).toBe('RESPONSIVE');
      const lengthsMs = stalls.map(({ durationMs }) => durationMs!);
      expect(Math.max(...lengthsMs), JSON.stringify(stalls)).toBeGreaterThan(SPUN_MS - 1);
      return lengthsMs;
    });
    expect(Math.min(...lastedMs)).toBeGreaterThan(THRESHOLD_MS);
    expect(await running.end()).toMatchObject({ code: 0 });
  });

  it('is not blamed for the time for which its process was stopped', async () => {
    await using running = new BlockedProgram([]);
    await running.ready();
    const earlier = (await running.answer()).stalls.map(({ id }) => id);
    running.signal('SIGSTOP');
    await new Promise((resolve) => setTimeout(resolve, STOPPED_MS));
    running.signal('SIGCONT');
    const { stalls } = await vi.waitFor(async () => {
      const answer = await running.answer();
      expect(answer.eventLoop.state).toBe('RESPONSIVE');
      return answer;
    });
    // What a busy machine holds up besides is shorter; what is blamed for the stop has all of it.
    for (const { durationMs, sentence } of stalls.filter(({ id }) => !earlier.includes(id))) {
      expect(durationMs, sentence).toBeLessThan(STOPPED_MS);
    }
    expect(await running.end()).toMatchObject({ code: 0 });
  });

  it('refuses a fresh heap read that it cannot make, with a time, and gives its metrics', async () => {
    await using running = new BlockedProgram(['loopUntilReleased']);
    await block(running, 'loopUntilReleased');
    // None was read before: that is said, instead of an old one given.
    await vi.waitFor(async () => {
      expect((await running.answer()).eventLoop.state).toBe('RUNNING_JAVASCRIPT');
    });
    const never = await running.get('debug/pprof/heap?gc=1');
    expect([never.status, never.headers.get('retry-after')]).toEqual([503, '5']);
    const metrics = await (await running.get('metrics')).text();
    expect(metrics).toMatch(/^pprofql_event_loop_stalls_total\{target="self"\} [1-9]/m);
    expect(metrics).toMatch(/^pprofql_event_loop_blocked_seconds\{target="self"\} (?!0$)/m);
    running.release();
    expect(await running.result('loopUntilReleased')).toBe('spun');
    expect(await running.end()).toMatchObject({ code: 0 });
  });

  it('tells the age of allocations and of tasks, and reads them anew after the stall', async () => {
    await using running = new BlockedProgram(['loopUntilReleased']);
    const read = async () => (await running.ask<Heap>(HEAP_QUERY)).pprof;
    await running.ready();
    // Refused while its start keeps a busy machine's loop from turning, and none were read before.
    await vi.waitFor(read);
    running.write('loopUntilReleased');
    const { allocationProfile: before } = await vi.waitFor(async () => {
      const answer = await read();
      // Long enough for the pause budget to allow another read.
      expect(answer.allocationProfile.ageMs).toBeGreaterThan(
        1_000 + 60 * answer.allocationProfile.pauseMs,
      );
      // The figures beside it are of now: they are no witness of its age.
      expect(answer.observation.ageMs).toBeLessThan(answer.allocationProfile.ageMs);
      expect(answer.runtime.numGoroutine).toBeGreaterThan(0);
      expect(answer.runtime.numGoroutineAgeMs).toBeGreaterThan(answer.allocationProfile.ageMs / 2);
      return answer;
    });
    const old = await running.get('debug/pprof/heap');
    expect(old.status).toBe(200);
    expect(Number(old.headers.get('age'))).toBeGreaterThanOrEqual(1);
    const gc = await running.get('debug/pprof/heap?gc=1');
    expect([gc.status, gc.headers.get('retry-after')]).toEqual([503, '5']);

    const releasedAtMs = Date.now();
    running.release();
    await running.result('loopUntilReleased');
    await vi.waitFor(async () => {
      expect((await running.answer()).eventLoop.state).toBe('RESPONSIVE');
    });
    // A busy machine may not let the loop turn for as long as makes a stall, and the old figure is told again.
    await vi.waitFor(async () => {
      const { allocationProfile: after } = await read();
      expect(Date.parse(after.collectedAt)).toBeGreaterThan(Date.parse(before.collectedAt));
      expect(Date.parse(after.collectedAt)).toBeGreaterThanOrEqual(releasedAtMs);
    });
    await vi.waitFor(async () => {
      const { numGoroutineAgeMs } = (await read()).runtime;
      expect(Date.now() - numGoroutineAgeMs).toBeGreaterThanOrEqual(releasedAtMs);
    });
    await vi.waitFor(async () => {
      expect((await running.get('debug/pprof/heap?gc=1')).status).toBe(200);
    });
    expect(await running.end()).toMatchObject({ code: 0 });
  });

  it('answers with the last figures known while native code runs', async () => {
    await using running = new BlockedProgram(['execUntilReleased']);
    await block(running, 'execUntilReleased');
    await vi.waitFor(async () => {
      const { eventLoop, pprof } = await running.answer();
      expect(eventLoop.state).toBe('IN_NATIVE_CODE');
      expect(pprof.observation.via).toBe('LAST_KNOWN');
    });
    running.release();
    expect(await running.result('execUntilReleased')).toBe('released');
    expect(await running.end()).toMatchObject({ code: 0 });
    expect(running.complaints()).toEqual([]);
  });

  it('keeps quiet when the program exits just as it is looked at', async () => {
    await using running = new BlockedProgram(['execThenExit']);
    await block(running, 'execThenExit');
    expect(await running.end()).toMatchObject({ code: 0 });
    expect(running.complaints()).toEqual([]);
  });

  it('keeps quiet when the program ends itself by a signal just as it is looked at', async () => {
    await using running = new BlockedProgram(['execThenKill']);
    await block(running, 'execThenKill');
    expect(await running.end()).toMatchObject({ code: null });
    expect(running.complaints()).toEqual([]);
  });

  it('keeps out of the way of a debugger that holds the program', async () => {
    await using running = new BlockedProgram(['breakpoint'], ['--inspect=0']);
    const [, address] = await running.printed(/Debugger listening on (ws:\S+)/, 'stderr');
    const debug = new WebSocket(address!);
    await new Promise((resolve) => debug.addEventListener('open', resolve));
    const events: string[] = [];
    debug.addEventListener('message', ({ data }) => events.push(JSON.parse(data).method));
    const send = (id: number, method: string) => debug.send(JSON.stringify({ id, method }));
    send(1, 'Debugger.enable');
    await running.ready();
    running.write('breakpoint');
    await vi.waitFor(async () => {
      expect((await running.answer()).eventLoop.state).toBe('PAUSED_BY_DEBUGGER');
    });
    expect(events).toContain('Debugger.paused');
    expect(events).not.toContain('Debugger.resumed');
    expect(running.stdout).not.toContain('result');
    send(2, 'Debugger.resume');
    expect(await running.result('breakpoint')).toBe('resumed');
    debug.close();
    expect(await running.end()).toMatchObject({ code: 0 });
  });
});
