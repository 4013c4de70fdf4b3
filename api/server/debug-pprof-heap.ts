/** Heap profiles below `/debug/pprof/`. */
import { readHeapSpan } from '../diagnostics/heap-delta.ts';
import type { Diagnostics, HeapProfileSnapshot } from '../diagnostics/types.ts';
import { DiagnosticsError } from '../errors.ts';
import { heapPprof } from '../formats/heap-pprof.ts';
import { heapText } from '../formats/heap-text.ts';
import { heapprofile } from '../formats/heapprofile.ts';
import { encodeProfile } from '../formats/pprof.ts';
import { profileDelta } from '../formats/profile-delta.ts';
import type { Profile } from '../profile/profile.ts';
import {
  debugOf,
  deltaSecondsOf,
  type PprofAnswer,
  type PprofEndpoint,
  type PprofQuery,
  profileForm,
} from './debug-pprof-query.ts';
import type { Symbols } from './debug-pprof-symbol.ts';

type HeapForm = 'heap' | 'allocs';

export function heapEndpoints(diagnostics: Diagnostics, symbols: Symbols): PprofEndpoint[] {
  async function read(form: HeapForm): Promise<HeapProfileSnapshot> {
    const heap = await diagnostics.heapProfile();
    if (form === 'heap' || heap.cumulativeUnavailable === null) return heap;
    throw new DiagnosticsError(
      'UNAVAILABLE',
      `${heap.cumulativeUnavailable}; live objects are at heap`,
    );
  }

  async function encoded(fileName: string, profile: Profile): Promise<PprofAnswer> {
    const { title: program } = await diagnostics.process();
    const chunks = encodeProfile(profile, { program, lines: 'functionStarts' });
    return { kind: 'profile', fileName, chunks };
  }

  async function asText(form: HeapForm): Promise<PprofAnswer> {
    // First the heap: its read also tells how many objects there are.
    const heap = await read(form);
    symbols.remember(form, heap.profile.frames);
    return { kind: 'text', text: heapText(heap, await diagnostics.pprof()) };
  }

  async function answer(form: HeapForm, { params, signal }: PprofQuery): Promise<PprofAnswer> {
    const seconds = deltaSecondsOf(params);
    if (debugOf(params) !== 0) return asText(form);
    if (seconds === null) return encoded(form, heapPprof(await read(form), form));
    const { base, target } = await readHeapSpan(() => read(form), { seconds, signal });
    const delta = profileDelta(heapPprof(base, form), heapPprof(target, form));
    return encoded(`${form}-delta`, delta);
  }

  return [
    {
      name: 'allocs',
      description:
        'Everything allocated since start, freed memory included (Node 26 and later). With <code>seconds</code>: what was allocated in that time.',
      form: (params) => profileForm('allocs', params),
      answer: (query) => answer('allocs', query),
    },
    {
      name: 'heap',
      description:
        'Live memory by who allocated it. With <code>seconds</code>: how it changed in that time. <code>debug=1</code> is text with memory statistics.',
      form: (params) => profileForm('heap', params),
      answer: (query) => answer('heap', query),
    },
    {
      name: 'heap.heapprofile',
      description: 'Live memory for Chrome DevTools (Memory, Load profile).',
      form: () => ({ kind: 'json', fileName: 'heap.heapprofile' }),
      async answer() {
        const { profile } = await diagnostics.heapProfile();
        const json = JSON.stringify(heapprofile(profile));
        return { kind: 'json', fileName: 'heap.heapprofile', json };
      },
    },
    {
      name: 'heap.heapsnapshot',
      description:
        'Every object, for Chrome DevTools (Memory, Load profile). Stops the program for seconds, holds its secrets, and is off unless <code>heapSnapshots</code> is set.',
      form: () => ({ kind: 'stream', fileName: 'heap.heapsnapshot' }),
      async answer() {
        return {
          kind: 'stream',
          fileName: 'heap.heapsnapshot',
          ...(await diagnostics.heapSnapshot()),
        };
      },
    },
  ];
}
