/** What is served below `/debug/pprof/`, in the formats and with the parameters of Go's net/http/pprof. */

import { DiagnosticsError } from '../../base/errors.ts';
import type { Diagnostics } from '../../diagnostics/types.ts';
import { profileDelta } from '../../formats/pprof/delta.ts';
import { goroutineProfile } from '../../formats/pprof/goroutines.ts';
import { encodeProfile } from '../../formats/pprof/profile.ts';
import { goroutineText } from '../../formats/text/goroutines.ts';
import type { Profile } from '../../profile/profile.ts';
import { absentEndpoints } from './absent.ts';
import { cpuEndpoint, keptCpuEndpoint } from './cpu.ts';
import { heapEndpoints } from './heap.ts';
import {
  debugOf,
  deltaSecondsOf,
  type PprofAnswer,
  type PprofEndpoint,
  type PprofResource,
  profileForm,
  waitSeconds,
} from './query.ts';
import { createSymbols, type Symbols } from './symbol.ts';

export interface PprofEndpoints {
  /** What the page shows. */
  listed: readonly PprofEndpoint[];
  /** By the path below `/debug/pprof/`. */
  find(name: string): PprofResource | null;
}

export function createPprofEndpoints(diagnostics: Diagnostics): PprofEndpoints {
  const symbols = createSymbols();
  const listed = [
    ...heapEndpoints(diagnostics, symbols),
    cpuEndpoint(diagnostics),
    goroutineEndpoint(diagnostics, symbols),
    ...absentEndpoints(diagnostics),
    cmdlineEndpoint(diagnostics),
  ];
  return {
    listed,
    find(name) {
      if (name === 'symbol') return symbols;
      return (
        listed.find((endpoint) => endpoint.name === name) ?? keptCpuEndpoint(name, diagnostics)
      );
    },
  };
}

function goroutineEndpoint(diagnostics: Diagnostics, symbols: Symbols): PprofEndpoint {
  async function readProfile() {
    const { groups, timestampMs } = await diagnostics.goroutines({ raw: false });
    return goroutineProfile(groups, timestampMs);
  }

  async function encoded(fileName: string, profile: Profile): Promise<PprofAnswer> {
    const { title: program } = await diagnostics.process();
    const chunks = encodeProfile(profile, { program });
    return { kind: 'profile', fileName, chunks, measuredAtMs: profile.startedAtMs };
  }

  async function delta(seconds: number, signal: AbortSignal): Promise<Profile> {
    const base = await readProfile();
    await waitSeconds(seconds, signal);
    const target = await readProfile();
    if (target.startedAtMs! > base.startedAtMs!) return profileDelta(base, target);
    throw new DiagnosticsError(
      'PROCESS_NOT_RESPONDING',
      'the observed thread gave no second list of its tasks; it is busy or blocked, ask again later',
    );
  }

  return {
    name: 'goroutine',
    exampleQuery: 'debug=1',
    description:
      'Live async tasks by stack. With <code>seconds</code>: how they changed in that time. <code>debug=1</code> is text, <code>debug=2</code> every task by itself.',
    form: (params) => profileForm('goroutine', params),
    async answer({ params, signal }) {
      const seconds = deltaSecondsOf(params);
      if (seconds !== null) return encoded('goroutine-delta', await delta(seconds, signal));
      const debug = debugOf(params);
      if (debug === 0) return encoded('goroutine', await readProfile());
      const { groups, raw, timestampMs } = await diagnostics.goroutines({ raw: debug >= 2 });
      const measuredAtMs = timestampMs;
      if (raw !== null) return { kind: 'text', text: raw.text, measuredAtMs };
      symbols.remember('goroutine', goroutineProfile(groups, timestampMs).frames);
      return { kind: 'text', text: goroutineText(groups), measuredAtMs };
    },
  };
}

function cmdlineEndpoint(diagnostics: Diagnostics): PprofEndpoint {
  return {
    name: 'cmdline',
    description: 'The program. Its arguments may hold secrets and are not shown.',
    form: () => ({ kind: 'text' }),
    answer: async () => ({ kind: 'text', text: (await diagnostics.process()).title }),
  };
}
