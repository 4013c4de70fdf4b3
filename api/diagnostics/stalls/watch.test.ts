import { describe, expect, it } from 'vitest';
import { frame, sight } from './testing/sights.ts';
import {
  beat,
  clock,
  PERIOD_MS,
  pass,
  startWatch,
  thread,
  watched,
} from './testing/watched-thread.ts';

describe('the stall watch', () => {
  it('says nothing while the loop turns', async () => {
    await pass(10_000);
    expect(watched.watch.status()).toMatchObject({
      state: 'RESPONSIVE',
      blockedForMs: 0,
      stack: null,
    });
    expect(watched.watch.stalls()).toEqual([]);
    expect(watched.looks).toHaveLength(0);
  });

  it('does not call a short block a stall', async () => {
    await pass(750, { isBlocked: true });
    await pass(500);
    expect(watched.watch.stalls()).toEqual([]);
  });

  it('tells with a stall how much of it the thread was kept from running', async () => {
    thread.time = { ranMs: 100, waitedMs: 0 };
    await pass(500);
    thread.time = { ranMs: 200, waitedMs: 900 };
    await pass(1_000, { isBlocked: true });
    expect(watched.watch.status()).toMatchObject({ blockedForMs: 1_000, starvedForMs: 900 });
    expect(watched.watch.past()).toEqual([]);
    thread.time = { ranMs: 210, waitedMs: 900 };
    clock.nowMs += 10;
    beat();
    expect(watched.watch.status()).toMatchObject({ blockedForMs: 0, starvedForMs: 0 });
    expect(watched.watch.past()).toMatchObject([
      { lastedMs: 1_010, starvedMs: 900, state: 'UNKNOWN' },
    ]);
  });

  it('takes a thread that gives no answer for one in native code only once it has run for as long', async () => {
    thread.time = { ranMs: 100, waitedMs: 0 };
    await pass(500);
    await pass(1_000, { isBlocked: true });
    thread.time = { ranMs: 150, waitedMs: 950 };
    await pass(1_000, { isBlocked: true });
    expect(watched.watch.status().state).toBe('UNKNOWN');
    thread.time = { ranMs: 900, waitedMs: 1_200 };
    await pass(1_000, { isBlocked: true });
    expect(watched.watch.status().state).toBe('IN_NATIVE_CODE');
  });

  it('takes what a thread that was kept from running answers late for what it runs', async () => {
    thread.time = { ranMs: 100, waitedMs: 0 };
    await pass(500);
    await pass(1_000, { isBlocked: true });
    thread.time = { ranMs: 150, waitedMs: 950 };
    await pass(1_000, { isBlocked: true });
    watched.looks[0]!.answer(sight());
    await pass(250, { isBlocked: true });
    expect(watched.watch.status()).toMatchObject({
      state: 'RUNNING_JAVASCRIPT',
      stack: { isNativeCaller: false },
    });
  });

  it('names the JavaScript that holds the loop, then how long it did', async () => {
    await pass(1_000, { isBlocked: true });
    watched.looks[0]!.answer(sight());
    await pass(250, { isBlocked: true });
    expect(watched.watch.status()).toMatchObject({
      state: 'RUNNING_JAVASCRIPT',
      blockedForMs: 1_250,
      sentence: 'Blocked for 1.3 s by JavaScript: render (file:///app/report.js:7).',
    });
    await pass(500);
    expect(watched.watch.status().state).toBe('RESPONSIVE');
    expect(watched.watch.stalls()).toMatchObject([
      { id: '1', durationMs: 1_500, state: 'RUNNING_JAVASCRIPT' },
    ]);
  });

  it('counts stalls and the time in them, with the one that lasts', async () => {
    expect(watched.watch.totals()).toEqual({ count: 0, ms: 0 });
    await pass(1_500, { isBlocked: true });
    expect(watched.watch.totals()).toEqual({ count: 1, ms: 1_500 });
    await pass(5_000);
    const first = watched.watch.totals()!;
    expect(first).toEqual({ count: 1, ms: watched.watch.stalls()[0]!.durationMs });
    await pass(2_000, { isBlocked: true });
    expect(watched.watch.totals()).toEqual({ count: 2, ms: first.ms + 2_000 });
  });

  it('looks again, soon at first and then at a falling rate', async () => {
    const atSeconds: number[] = [];
    for (let quarter = 1; quarter <= 80; quarter += 1) {
      await pass(250, { isBlocked: true });
      for (const { answer } of watched.looks.splice(0)) {
        atSeconds.push(quarter / 4);
        answer(sight());
      }
    }
    expect(atSeconds).toEqual([1, 1.25, 1.5, 2.5, 4.5, 8.5, 16.5]);
    expect(watched.watch.stalls()[0]!.stacks).toMatchObject([{ looks: 7 }]);
  });

  it('names the function that is met at each look, not what it calls', async () => {
    const poll = frame('poll');
    await pass(1_000, { isBlocked: true });
    for (const called of ['check', 'parse', 'count']) {
      for (const { answer } of watched.looks.splice(0))
        answer(sight({ frames: [frame(called), poll] }));
      await pass(250, { isBlocked: true });
    }
    expect(watched.watch.status().stack?.frames).toEqual([poll]);
    expect(watched.watch.stalls()[0]!.stacks).toHaveLength(3);
  });

  it('keeps to what it saw of the program when it then meets a hook of ours', async () => {
    await pass(1_000, { isBlocked: true });
    watched.looks.shift()!.answer(sight());
    await pass(250, { isBlocked: true });
    watched.looks.shift()!.answer(sight({ frames: [], isOwnWork: true }));
    await pass(250, { isBlocked: true });
    expect(watched.watch.status()).toMatchObject({ state: 'RUNNING_JAVASCRIPT' });
  });

  it('sees that the loop turns again as soon as somebody asks', async () => {
    await pass(1_500, { isBlocked: true });
    expect(watched.watch.blockedForMs()).toBe(1_500);
    clock.nowMs += 10;
    beat();
    expect(watched.watch.blockedForMs()).toBe(0);
    expect(watched.watch.status().state).toBe('RESPONSIVE');
    expect(watched.watch.stalls()).toMatchObject([{ durationMs: 1_510 }]);
  });

  it('is called after the program, though most looks met only what Node runs in between', async () => {
    const nodes = sight({
      frames: [frame('processTicksAndRejections', 'node:internal/process/x')],
    });
    const library = sight({ frames: [frame('next', 'file:///app/node_modules/queue/index.js')] });
    const program = sight({ frames: [frame('then', 'node:x'), frame('drain')] });
    for (const found of [nodes, library, program, nodes, library]) {
      while (watched.looks.length === 0) await pass(PERIOD_MS, { isBlocked: true });
      watched.looks.pop()!.answer(found);
      await pass(PERIOD_MS, { isBlocked: true });
    }
    const sentence = /by JavaScript: then, called from drain \(file:\/\/\/app\/report.js:7\)\.$/;
    expect(watched.watch.status()).toMatchObject({
      sentence: expect.stringMatching(sentence),
      stack: { frames: [{ function: 'then' }, { function: 'drain' }] },
    });
    await pass(500);
    const [stall] = watched.watch.stalls();
    expect(stall!.sentence).toMatch(sentence);
    expect(stall!.stacks.map(({ frames }) => frames.at(-1)!.function)).toEqual([
      'drain',
      'next',
      'processTicksAndRejections',
    ]);
  });

  it('shows a stack as it was found where the source maps cannot be read', async () => {
    watched.watch.stop();
    startWatch({
      inspector: { look: async () => sight() },
      locate: async () => {
        throw new Error('no map');
      },
    });
    await pass(1_250, { isBlocked: true });
    expect(watched.watch.status().stack).toMatchObject({ frames: [{ function: 'render' }] });
  });

  it('takes silence for native code, and its late answer for the place of the call', async () => {
    await pass(2_000, { isBlocked: true });
    expect(watched.watch.status()).toMatchObject({ state: 'IN_NATIVE_CODE', stack: null });
    expect(watched.looks).toHaveLength(1);
    watched.looks[0]!.answer(
      sight({ frames: [frame('execSync', 'node:child_process'), frame('build')] }),
    );
    await pass(500);
    expect(watched.watch.stalls()).toMatchObject([
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
    watched.looks[0]!.answer(sight());
    await pass(250, { isBlocked: true });
    watched.looks[1]!.answer(sight());
    await pass(250);
    expect(watched.watch.stalls()).toMatchObject([
      { state: 'IN_NATIVE_CODE', looks: 2, nativeLooks: 1 },
    ]);
  });

  it('says that a debugger holds the thread', async () => {
    await pass(1_000, { isBlocked: true });
    watched.looks[0]!.answer(sight({ isPausedByDebugger: true }));
    await pass(250, { isBlocked: true });
    expect(watched.watch.status()).toMatchObject({ state: 'PAUSED_BY_DEBUGGER', stack: null });
  });

  it('gives the reason where the thread cannot be looked into', async () => {
    await pass(1_000, { isBlocked: true });
    watched.looks[0]!.fail(new Error('the inspector cannot be used in this process'));
    await pass(250, { isBlocked: true });
    expect(watched.watch.status().state).toBe('UNKNOWN');
    expect(watched.watch.status().sentence).toContain(
      'the inspector cannot be used in this process',
    );
  });

  it('takes the blame for a read that made most of a stall', async () => {
    let answer = (_pauseMs: number) => {};
    const read = new Promise<number>((resolve) => {
      answer = resolve;
    });
    const pauseOf = (pauseMs: number) => ({ endedAtMs: Date.now(), pauseMs });
    const done = watched.watch.duringOwnRead(read, pauseOf);
    await pass(2_000, { isBlocked: true });
    expect(watched.watch.status().state).toBe('READ_BY_PPROFQL');
    answer(1_900);
    await done;
    await pass(500);
    expect(watched.watch.stalls()).toMatchObject([
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
    const done = watched.watch.duringOwnRead(read, pauseOf);
    await pass(2_000, { isBlocked: true });
    answer(20);
    await done;
    await pass(500);
    expect(watched.watch.stalls()).toMatchObject([{ state: 'IN_NATIVE_CODE' }]);
  });

  it('tells who listens that a stall has begun and ended', async () => {
    const told: string[] = [];
    watched.watch.onBegin(() => told.push('begun'));
    const stopListening = watched.watch.onEnd(() => told.push('ended'));
    await pass(1_500, { isBlocked: true });
    await pass(500);
    expect(told).toEqual(['begun', 'ended']);
    stopListening();
    watched.looks[0]!.answer(sight());
    await pass(1_500, { isBlocked: true });
    await pass(500);
    expect(told).toEqual(['begun', 'ended', 'begun']);
  });

  it('remembers the last 50 stalls, newest first', async () => {
    for (let stall = 0; stall < 52; stall += 1) {
      await pass(1_000, { isBlocked: true });
      watched.looks.at(-1)!.answer(sight());
      await pass(500);
    }
    expect(watched.watch.stalls()).toHaveLength(50);
    expect(watched.watch.stalls()[0]!.id).toBe('52');
  });
});
