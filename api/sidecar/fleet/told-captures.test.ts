import { describe, expect, it } from 'vitest';
import type { Capture } from '../../diagnostics/captures/capture.ts';
import { createKeptCaptures } from '../../diagnostics/captures/kept.ts';
import { fakeDiagnostics } from '../../server/testing/fake-diagnostics.ts';
import type { Command } from '../../targets/fleet/engine/command.ts';
import { readHead } from '../../targets/fleet/wire/capture/capture.ts';
import { createToldCaptures } from './told-captures.ts';

const fake = fakeDiagnostics();

/** What an engine has that takes everything, or nothing. */
function anEngine() {
  const values = new Map<string, Buffer>();
  let refusal: Error | null = null;
  return {
    names: () => [...values.values()].map((written) => readHead(written)?.name).sort(),
    values,
    refuse(error: Error | null) {
      refusal = error;
    },
    async send(commands: readonly Command[]) {
      if (refusal !== null) return commands.map(() => refusal);
      for (const [name, key, value] of commands) {
        if (name === 'SET') values.set(String(key), value as Buffer);
        else values.delete(String(key));
      }
      return commands.map(() => 'OK');
    },
  };
}

async function aMoment(samples = 1) {
  const profile = {
    sampleTypes: [{ type: 'inuse_space', unit: 'bytes' }],
    frames: [{ function: 'f', file: '', line: 0 }],
    samples: Array.from({ length: samples }, (_, at) => ({
      stack: [0],
      values: [Math.sin(at) * 1e15],
    })),
  };
  const heap: Capture['heap'] = {
    ...{ collectedAtMs: 1, pauseMs: 1, samplingIntervalBytes: 1, rotations: 0 },
    ...{ cumulativeUnavailable: null, profile },
  };
  const [tasks, pprof] = [await fake.goroutines({ raw: false }), await fake.pprof()];
  return { askedAtMs: 1, heap, heapUnavailable: null, external: null, made: null, tasks, pprof };
}

function telling(most: number) {
  const kept = createKeptCaptures(most);
  const engine = anEngine();
  const told = createToldCaptures({
    ...{ id: 'ab', engine, captures: kept, keptSeconds: 9, restMs: 0 },
  });
  return { kept, engine, told };
}

describe('the captures of a process, as its fleet has them', () => {
  it('are those that are kept here, ten at most', async () => {
    const { kept, engine, told } = telling(30);
    for (const name of ['a', 'b', 'a']) await kept.keep(name, await aMoment());
    await told.tell(0);
    expect(engine.names()).toEqual(['a', 'b']);
    await kept.delete('b');
    await told.tell(0);
    expect(engine.names()).toEqual(['a']);
    for (let at = 0; at < 15; at++) await kept.keep(`more ${at}`, await aMoment());
    await told.tell(0);
    expect(engine.names()).toHaveLength(10);
    expect(engine.names()).toContain('more 14');
    expect(told.keys()).toHaveLength(10);
    expect(told.lost()).toBe(0);
  });

  it('are sent later where the engine refuses them, and counted where they are gone by then', async () => {
    const { kept, engine, told } = telling(2);
    engine.refuse(new Error('OOM command not allowed'));
    for (const name of ['a', 'b']) {
      await kept.keep(name, await aMoment());
      await told.tell(0);
    }
    await kept.keep('c', await aMoment());
    await told.tell(0);
    expect(engine.names()).toEqual([]);
    expect(told.lost()).toBe(1);
    engine.refuse(null);
    await told.tell(0);
    expect(engine.names()).toEqual(['b', 'c']);
    for (const name of ['d', 'e', 'f']) await kept.keep(name, await aMoment());
    await told.tell(0);
    expect(engine.names()).toEqual(['e', 'f']);
    expect(told.lost()).toBe(2);
  });

  it('are sent anew where the engine has lost them', async () => {
    const { kept, engine, told } = telling(2);
    await kept.keep('a', await aMoment());
    await told.tell(0);
    engine.values.clear();
    told.tellAll();
    await told.tell(0);
    expect(engine.names()).toEqual(['a']);
  });

  it('are counted once where they are too large', async () => {
    const { kept, engine, told } = telling(2);
    await kept.keep('large', await aMoment(60_000));
    await kept.keep('small', await aMoment());
    await told.tell(0);
    await told.tell(0);
    expect(engine.names()).toEqual(['small']);
    expect(told.lost()).toBe(1);
    await kept.delete('large');
    await told.tell(0);
    expect(told.lost()).toBe(1);
  });
});
