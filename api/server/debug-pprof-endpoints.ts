/** What is served below `/debug/pprof/`, in the formats and with the parameters of Go's net/http/pprof. */
import type { Diagnostics } from '../diagnostics/types.ts';
import { DiagnosticsError } from '../errors.ts';
import { goroutineProfile } from '../formats/goroutine-profile.ts';
import { goroutineText } from '../formats/goroutine-text.ts';
import { encodeProfile } from '../formats/pprof.ts';
import { absentEndpoints } from './debug-pprof-absent.ts';
import { cpuEndpoint, keptCpuEndpoint } from './debug-pprof-cpu.ts';
import { heapEndpoints } from './debug-pprof-heap.ts';
import { debugOf, type PprofEndpoint, secondsOf } from './debug-pprof-query.ts';

export interface PprofEndpoints {
  /** What the page shows. */
  listed: readonly PprofEndpoint[];
  /** By the path below `/debug/pprof/`. */
  find(name: string): Pick<PprofEndpoint, 'answer'> | null;
}

export function createPprofEndpoints(diagnostics: Diagnostics): PprofEndpoints {
  const listed = [
    ...heapEndpoints(diagnostics),
    cpuEndpoint(diagnostics),
    goroutineEndpoint(diagnostics),
    ...absentEndpoints(diagnostics),
    cmdlineEndpoint(diagnostics),
  ];
  return {
    listed,
    find: (name) =>
      listed.find((endpoint) => endpoint.name === name) ?? keptCpuEndpoint(name, diagnostics),
  };
}

function goroutineEndpoint(diagnostics: Diagnostics): PprofEndpoint {
  return {
    name: 'goroutine',
    exampleQuery: 'debug=1',
    description:
      'Live async tasks by stack. <code>debug=1</code> is text, <code>debug=2</code> every task by itself.',
    async answer({ params }) {
      if (secondsOf(params) !== null) {
        throw new DiagnosticsError(
          'INVALID_INPUT',
          '"seconds" parameter is not supported for this profile type',
        );
      }
      const debug = debugOf(params);
      const { groups, raw, timestampMs } = await diagnostics.goroutines({ raw: debug >= 2 });
      if (raw !== null) return { kind: 'text', text: raw.text };
      if (debug === 1) return { kind: 'text', text: goroutineText(groups) };
      const { title: program } = await diagnostics.process();
      const chunks = encodeProfile(goroutineProfile(groups, timestampMs), { program });
      return { kind: 'profile', fileName: 'goroutine', chunks };
    },
  };
}

function cmdlineEndpoint(diagnostics: Diagnostics): PprofEndpoint {
  return {
    name: 'cmdline',
    description: 'The program. Its arguments may hold secrets and are only counted.',
    answer: async () => ({ kind: 'text', text: (await diagnostics.process()).title }),
  };
}
