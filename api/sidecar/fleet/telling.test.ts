import { describe, expect, it, vi } from 'vitest';
import { MS_PER_HOUR } from '../../base/numbers/units.ts';
import { createKeptCaptures } from '../../diagnostics/captures/kept.ts';
import type { Diagnostics } from '../../diagnostics/types.ts';
import { fakeDiagnostics } from '../../server/testing/fake-diagnostics.ts';
import type { Command } from '../../targets/fleet/engine/command.ts';
import { PROTOCOL, readAbout, readPulse } from '../../targets/fleet/wire/about.ts';
import { readHead } from '../../targets/fleet/wire/capture/capture.ts';
import { keysOf } from '../../targets/fleet/wire/names.ts';
import { COLUMNS, readPoint, type StreamPoint } from '../../targets/fleet/wire/points.ts';
import { startTelling } from './telling.ts';

/** A test may take so long on a busy machine. */
const SOME_MS = MS_PER_HOUR / 4;
const ID = 'ab'.repeat(8);

describe('an instance whose clock is an hour behind that of the engine', () => {
  it('tells all times by the clock of the engine', async () => {
    const told = new Map<string, Command>();
    const engine = {
      status: () => ({ address: '', isConnected: true, sinceMs: 0, error: null }),
      async send(commands: readonly Command[]) {
        for (const command of commands) told.set(String(command[1] ?? ''), command);
        const seconds = String(Math.floor((Date.now() + MS_PER_HOUR) / 1_000));
        return commands.map(([name]) => (name === 'TIME' ? [seconds, '0'] : 1));
      },
    };
    const fake = fakeDiagnostics();
    const kept = createKeptCaptures(3);
    const moment = { heap: null, heapUnavailable: null, external: null, made: null };
    const tasks = await fake.goroutines({ raw: false });
    await kept.keep('kept', {
      ...{ askedAtMs: Date.now(), ...moment, tasks, pprof: await fake.pprof() },
    });
    const point = { ...(readPoint(`${Date.now()},1,`, COLUMNS) as StreamPoint), sequence: 1 };
    const diagnostics: Parameters<typeof startTelling>[0]['diagnostics'] = {
      ...fake,
      history: () => [{ ...point, instanceId: ID }],
      captures: { ...fake.captures, list: kept.list } as Diagnostics['captures'],
      lastHealth: () => null,
      checkHealth: () => {},
    };
    const telling = startTelling({
      ...{ id: ID, engine: engine as never, diagnostics, lastWords: { read: () => null } },
      about: {
        ...{ protocol: PROTOCOL, version: null, service: 's', host: 'h', pid: 1, program: 'p' },
        ...{ nodeVersion: 'v', startedAtMs: Date.now(), intervalMs: 1_000, columns: COLUMNS },
      },
      ...{ historyMs: MS_PER_HOUR, retentionMs: MS_PER_HOUR },
    });
    const { about, pulse, points, captures } = keysOf(ID);
    const toldOf = (key: string) => told.get(key)?.[2];
    await vi.waitFor(() => {
      const times = [
        readAbout(String(toldOf(about)))?.startedAtMs,
        readPulse(String(toldOf(pulse)))?.atMs,
        readHead((toldOf(captures[0]!) ?? Buffer.alloc(0)) as Buffer)?.askedAtMs,
      ];
      for (const atMs of times) {
        expect(Math.abs((atMs ?? 0) - Date.now() - MS_PER_HOUR)).toBeLessThan(SOME_MS);
      }
    });
    telling.stop();
    expect(told.has(points)).toBe(true);
  });
});
