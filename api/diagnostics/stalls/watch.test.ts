import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ThreadTime } from '../../base/thread-time.ts';
import type { Sight } from '../../link/inspector.ts';
import type { StackFrame } from '../../probe/readings/tasks.ts';

const clock = vi.hoisted(() => ({
  nowMs: 0,
  lastBeatMs: 0,
  gaps: [] as { startMs: number; endMs: number }[],
}));
const cpu = { usedMs: 0 };
const thread: { time: ThreadTime | null } = { time: null };
vi.mock('../../link/heartbeat.ts', async (original) => ({
  ...(await original<typeof import('../../link/heartbeat.ts')>()),
  monotonicMs: () => clock.nowMs,
  readHeartbeat: () => ({ ...clock }),
}));
const { startStallWatch } = await import('./watch.ts');

const THRESHOLD_MS = 1_000;
const PERIOD_MS = 250;

function frame(name: string, file = 'file:///app/report.js'): StackFrame {
  return { function: name, file, line: 7, column: 1, isAsync: false };
}

function sight(over: Partial<Sight> = {}): Sight {
  const frames = [frame('render')];
  return { frames, isOwnWork: false, mayHaveDebugger: false, isPausedByDebugger: false, ...over };
}

describe('the stall watch', () => {
  let looks: { answer: (sight: Sight) => void; fail: (error: Error) => void }[];
  let watch: ReturnType<typeof startStallWatch>;

  beforeEach(() => {
    vi.useFakeTimers();
    Object.assign(clock, { nowMs: 5_000, lastBeatMs: 5_000, gaps: [] });
    looks = [];
    const inspector = {
      look: () =>
        new Promise<Sight>((answer, fail) => {
          looks.push({ answer, fail });
        }),
    };
    const heartbeat = new SharedArrayBuffer(0);
    watch = startStallWatch({
      heartbeat,
      thresholdMs: THRESHOLD_MS,
      inspector,
      locate: async (frames) => frames,
      cpuTimeMs: () => cpu.usedMs,
      threadTime: () => thread.time,
    });
  });
  afterEach(() => {
    thread.time = null;
    watch.stop();
    vi.useRealTimers();
  });

  /** Time goes by on both threads; the observed one turns its loop unless it is blocked. */
  async function pass(ms: number, { isBlocked = false } = {}): Promise<void> {
    for (let left = ms; left > 0; left -= PERIOD_MS) {
      clock.nowMs += PERIOD_MS;
      if (!isBlocked) beat();
      await vi.advanceTimersByTimeAsync(PERIOD_MS);
    }
  }

  function beat(): void {
    if (clock.nowMs - clock.lastBeatMs > 2 * PERIOD_MS) {
      clock.gaps.push({ startMs: clock.lastBeatMs, endMs: clock.nowMs });
    }
    clock.lastBeatMs = clock.nowMs;
  }

  it('says nothing while the loop turns', async () => {
    await pass(10_000);
    expect(watch.status()).toMatchObject({ state: 'RESPONSIVE', blockedForMs: 0, stack: null });
    expect(watch.stalls()).toEqual([]);
    expect(looks).toHaveLength(0);
  });

  it('does not call a short block a stall', async () => {
    await pass(750, { isBlocked: true });
    await pass(500);
    expect(watch.stalls()).toEqual([]);
  });

  it('tells with a stall how much of it the thread was kept from running', async () => {
    thread.time = { ranMs: 100, waitedMs: 0 };
    await pass(500);
    thread.time = { ranMs: 200, waitedMs: 900 };
    await pass(1_000, { isBlocked: true });
    expect(watch.status()).toMatchObject({ blockedForMs: 1_000, starvedForMs: 900 });
    expect(watch.past()).toEqual([]);
    thread.time = { ranMs: 210, waitedMs: 900 };
    clock.nowMs += 10;
    beat();
    expect(watch.status()).toMatchObject({ blockedForMs: 0, starvedForMs: 0 });
    expect(watch.past()).toMatchObject([{ lastedMs: 1_010, starvedMs: 900, state: 'UNKNOWN' }]);
  });

  it('names the JavaScript that holds the loop, then how long it did', async () => {
    await pass(1_000, { isBlocked: true });
    looks[0]!.answer(sight());
    await pass(250, { isBlocked: true });
    expect(watch.status()).toMatchObject({
      state: 'RUNNING_JAVASCRIPT',
      blockedForMs: 1_250,
      sentence: 'Blocked for 1.3 s by JavaScript: render (file:///app/report.js:7).',
    });
    await pass(500);
    expect(watch.status().state).toBe('RESPONSIVE');
    expect(watch.stalls()).toMatchObject([
      { id: '1', durationMs: 1_500, state: 'RUNNING_JAVASCRIPT' },
    ]);
  });

  it('counts stalls and the time in them, with the one that lasts', async () => {
    expect(watch.totals()).toEqual({ count: 0, ms: 0 });
    await pass(1_500, { isBlocked: true });
    expect(watch.totals()).toEqual({ count: 1, ms: 1_500 });
    await pass(5_000);
    const first = watch.totals()!;
    expect(first).toEqual({ count: 1, ms: watch.stalls()[0]!.durationMs });
    await pass(2_000, { isBlocked: true });
    expect(watch.totals()).toEqual({ count: 2, ms: first.ms + 2_000 });
  });

  it('looks again, soon at first and then at a falling rate', async () => {
    const atSeconds: number[] = [];
    for (let quarter = 1; quarter <= 80; quarter += 1) {
      await pass(250, { isBlocked: true });
      for (const { answer } of looks.splice(0)) {
        atSeconds.push(quarter / 4);
        answer(sight());
      }
    }
    expect(atSeconds).toEqual([1, 1.25, 1.5, 2.5, 4.5, 8.5, 16.5]);
    expect(watch.stalls()[0]!.stacks).toMatchObject([{ looks: 7 }]);
  });

  it('names the function that is met at each look, not what it calls', async () => {
    const poll = frame('poll');
    await pass(1_000, { isBlocked: true });
    for (const called of ['check', 'parse', 'count']) {
      for (const { answer } of looks.splice(0)) answer(sight({ frames: [frame(called), poll] }));
      await pass(250, { isBlocked: true });
    }
    expect(watch.status().stack?.frames).toEqual([poll]);
    expect(watch.stalls()[0]!.stacks).toHaveLength(3);
  });

  it('keeps to what it saw of the program when it then meets a hook of ours', async () => {
    await pass(1_000, { isBlocked: true });
    looks.shift()!.answer(sight());
    await pass(250, { isBlocked: true });
    looks.shift()!.answer(sight({ frames: [], isOwnWork: true }));
    await pass(250, { isBlocked: true });
    expect(watch.status()).toMatchObject({ state: 'RUNNING_JAVASCRIPT' });
  });

  it('sees that the loop turns again as soon as somebody asks', async () => {
    await pass(1_500, { isBlocked: true });
    expect(watch.blockedForMs()).toBe(1_500);
    clock.nowMs += 10;
    beat();
    expect(watch.blockedForMs()).toBe(0);
    expect(watch.status().state).toBe('RESPONSIVE');
    expect(watch.stalls()).toMatchObject([{ durationMs: 1_510 }]);
  });

  it('is called after the program, though most looks met only what Node runs in between', async () => {
    const nodes = sight({
      frames: [frame('processTicksAndRejections', 'node:internal/process/x')],
    });
    const library = sight({ frames: [frame('next', 'file:///app/node_modules/queue/index.js')] });
    const program = sight({ frames: [frame('then', 'node:x'), frame('drain')] });
    for (const found of [nodes, library, program, nodes, library]) {
      while (looks.length === 0) await pass(PERIOD_MS, { isBlocked: true });
      looks.pop()!.answer(found);
      await pass(PERIOD_MS, { isBlocked: true });
    }
    const sentence = /by JavaScript: then, called from drain \(file:\/\/\/app\/report.js:7\)\.$/;
    expect(watch.status()).toMatchObject({
      sentence: expect.stringMatching(sentence),
      stack: { frames: [{ function: 'then' }, { function: 'drain' }] },
    });
    await pass(500);
    const [stall] = watch.stalls();
    expect(stall!.sentence).toMatch(sentence);
    expect(stall!.stacks.map(({ frames }) => frames.at(-1)!.function)).toEqual([
      'drain',
      'next',
      'processTicksAndRejections',
    ]);
  });

  it('shows a stack as it was found where the source maps cannot be read', async () => {
    watch.stop();
    watch = startStallWatch({
      heartbeat: new SharedArrayBuffer(0),
      thresholdMs: THRESHOLD_MS,
      inspector: { look: async () => sight() },
      locate: async () => {
        throw new Error('no map');
      },
    });
    await pass(1_250, { isBlocked: true });
    expect(watch.status().stack).toMatchObject({ frames: [{ function: 'render' }] });
  });

  it('takes silence for native code, and its late answer for the place of the call', async () => {
    await pass(2_000, { isBlocked: true });
    expect(watch.status()).toMatchObject({ state: 'IN_NATIVE_CODE', stack: null });
    expect(looks).toHaveLength(1);
    looks[0]!.answer(sight({ frames: [frame('execSync', 'node:child_process'), frame('build')] }));
    await pass(500);
    expect(watch.stalls()).toMatchObject([
      {
        state: 'IN_NATIVE_CODE',
        nativeLooks: 1,
        sentence:
          'Was blocked for 2.3 s in native code: execSync, called from build (file:///app/report.js:7).',
        stacks: [{ isNativeCaller: true }],
      },
    ]);
  });

  it('calls a stall native that was so for most of it', async () => {
    await pass(4_000, { isBlocked: true });
    looks[0]!.answer(sight());
    await pass(250, { isBlocked: true });
    looks[1]!.answer(sight());
    await pass(250);
    expect(watch.stalls()).toMatchObject([{ state: 'IN_NATIVE_CODE', looks: 2, nativeLooks: 1 }]);
  });

  it('does not blame the program for time in which nobody ran', async () => {
    clock.nowMs += 60_000;
    await vi.advanceTimersByTimeAsync(PERIOD_MS);
    await pass(500, { isBlocked: true });
    expect(watch.stalls()).toEqual([]);
    await pass(500);
    expect(watch.stalls()).toEqual([]);
  });

  it('does not blame it either where it turned again before the watch woke', async () => {
    clock.nowMs += 60_000;
    beat();
    clock.nowMs += 10;
    await vi.advanceTimersByTimeAsync(PERIOD_MS);
    await pass(500);
    expect(watch.stalls()).toEqual([]);
  });

  it('does not blame a busy program for the time in which it was stopped', async () => {
    await pass(1_000);
    cpu.usedMs += PERIOD_MS;
    clock.nowMs += 4_000;
    await vi.advanceTimersByTimeAsync(PERIOD_MS);
    await pass(500);
    expect(watch.stalls()).toEqual([]);
  });

  /** The observed thread is blocked or turns; the watching one is busy for as long, and checks late. */
  async function beBusy(ms: number, { isBlocked }: { isBlocked: boolean }): Promise<void> {
    for (let left = ms; left > 0; left -= PERIOD_MS) {
      clock.nowMs += PERIOD_MS;
      cpu.usedMs += PERIOD_MS;
      if (!isBlocked) beat();
    }
  }

  it('sees a stall that began while the watching thread was busy itself', async () => {
    await beBusy(2_000, { isBlocked: true });
    await vi.advanceTimersByTimeAsync(PERIOD_MS);
    expect(watch.status().blockedForMs).toBe(2_000);
    looks[0]!.answer(sight());
    await pass(1_000, { isBlocked: true });
    await pass(500);
    expect(watch.stalls()).toMatchObject([{ durationMs: 3_250, state: 'RUNNING_JAVASCRIPT' }]);
  });

  it('tells the whole time of a stall that ended while the watching thread was busy', async () => {
    await pass(1_250, { isBlocked: true });
    looks[0]!.answer(sight());
    await beBusy(1_000, { isBlocked: true });
    await beBusy(2_000, { isBlocked: false });
    await vi.advanceTimersByTimeAsync(PERIOD_MS);
    expect(watch.stalls()).toMatchObject([{ durationMs: 2_500, state: 'RUNNING_JAVASCRIPT' }]);
  });

  it('takes only what lies before the new turn for time in which nobody ran', async () => {
    await pass(1_250, { isBlocked: true });
    looks[0]!.answer(sight());
    clock.nowMs += 500;
    beat();
    clock.nowMs += 60_000;
    await vi.advanceTimersByTimeAsync(PERIOD_MS);
    expect(watch.stalls()).toMatchObject([{ durationMs: 1_500 }]);
  });

  it('records a stall that nobody could look at, once', async () => {
    const told: string[] = [];
    watch.onEnd(() => told.push(watch.status().state));
    await beBusy(500, { isBlocked: false });
    await beBusy(2_750, { isBlocked: true });
    await beBusy(500, { isBlocked: false });
    const missed = {
      id: '1',
      startedAtMs: Date.now() - 3_250,
      durationMs: 3_000,
      state: 'UNKNOWN',
      looks: 0,
      stacks: [],
      sentence:
        'Was blocked for 3.0 s by something unknown: it was over before pprofql could look.',
    };
    expect(watch.stalls()).toEqual([expect.objectContaining(missed)]);
    await pass(500);
    expect(watch.stalls()).toHaveLength(1);
    expect(told).toEqual(['RESPONSIVE']);
  });

  it('records every stall that was over before a busy watch could look, each with its own time', async () => {
    await beBusy(3_000, { isBlocked: true });
    await beBusy(500, { isBlocked: false });
    await beBusy(750, { isBlocked: true });
    await beBusy(500, { isBlocked: false });
    await beBusy(1_250, { isBlocked: true });
    await beBusy(250, { isBlocked: false });
    await vi.advanceTimersByTimeAsync(PERIOD_MS);
    expect(watch.stalls()).toMatchObject([
      {
        durationMs: 1_500,
        looks: 0,
        sentence: expect.stringContaining('before pprofql could look'),
      },
      {
        durationMs: 3_250,
        looks: 0,
        sentence: expect.stringContaining('before pprofql could look'),
      },
    ]);
  });

  it('ends a stall at its own end, though another has followed unseen', async () => {
    await pass(1_250, { isBlocked: true });
    looks[0]!.answer(sight());
    await beBusy(250, { isBlocked: true });
    await beBusy(5_000, { isBlocked: false });
    await beBusy(1_750, { isBlocked: true });
    await beBusy(250, { isBlocked: false });
    await vi.advanceTimersByTimeAsync(PERIOD_MS);
    expect(watch.stalls()).toMatchObject([
      { durationMs: 2_000, state: 'UNKNOWN' },
      { durationMs: 1_750, state: 'RUNNING_JAVASCRIPT' },
    ]);
  });

  it('says that a debugger holds the thread', async () => {
    await pass(1_000, { isBlocked: true });
    looks[0]!.answer(sight({ isPausedByDebugger: true }));
    await pass(250, { isBlocked: true });
    expect(watch.status()).toMatchObject({ state: 'PAUSED_BY_DEBUGGER', stack: null });
  });

  it('gives the reason where the thread cannot be looked into', async () => {
    await pass(1_000, { isBlocked: true });
    looks[0]!.fail(new Error('the inspector cannot be used in this process'));
    await pass(250, { isBlocked: true });
    expect(watch.status().state).toBe('UNKNOWN');
    expect(watch.status().sentence).toContain('the inspector cannot be used in this process');
  });

  it('takes the blame for a read that made most of a stall', async () => {
    let answer = (_pauseMs: number) => {};
    const read = new Promise<number>((resolve) => {
      answer = resolve;
    });
    const pauseOf = (pauseMs: number) => ({ endedAtMs: Date.now(), pauseMs });
    const done = watch.duringOwnRead(read, pauseOf);
    await pass(2_000, { isBlocked: true });
    expect(watch.status().state).toBe('READ_BY_PPROFQL');
    answer(1_900);
    await done;
    await pass(500);
    expect(watch.stalls()).toMatchObject([
      {
        state: 'READ_BY_PPROFQL',
        sentence: expect.stringContaining(
          'pprofql itself, which read the heap or began a CPU profile',
        ),
      },
    ]);
  });

  it('does not take the blame for a read that waited for the program', async () => {
    let answer = (_pauseMs: number) => {};
    const read = new Promise<number>((resolve) => {
      answer = resolve;
    });
    const pauseOf = (pauseMs: number) => ({ endedAtMs: Date.now(), pauseMs });
    const done = watch.duringOwnRead(read, pauseOf);
    await pass(2_000, { isBlocked: true });
    answer(20);
    await done;
    await pass(500);
    expect(watch.stalls()).toMatchObject([{ state: 'IN_NATIVE_CODE' }]);
  });

  it('tells who listens that a stall has begun and ended', async () => {
    const told: string[] = [];
    watch.onBegin(() => told.push('begun'));
    const stopListening = watch.onEnd(() => told.push('ended'));
    await pass(1_500, { isBlocked: true });
    await pass(500);
    expect(told).toEqual(['begun', 'ended']);
    stopListening();
    looks[0]!.answer(sight());
    await pass(1_500, { isBlocked: true });
    await pass(500);
    expect(told).toEqual(['begun', 'ended', 'begun']);
  });

  it('remembers the last 50 stalls, newest first', async () => {
    for (let stall = 0; stall < 52; stall += 1) {
      await pass(1_000, { isBlocked: true });
      looks.at(-1)!.answer(sight());
      await pass(500);
    }
    expect(watch.stalls()).toHaveLength(50);
    expect(watch.stalls()[0]!.id).toBe('52');
  });
});
