/** Heap profiles below `/debug/pprof/`. */
import { withoutOwnSamples } from '../../analyzers/allocations/stack-sums.ts';
import { DiagnosticsError } from '../../base/errors.ts';
import { isOwnFile, isRuntimeFile } from '../../base/files/own-files.ts';
import { MOST_ALLOCATION_SECONDS } from '../../diagnostics/allocation-profiles/profiles.ts';
import { readHeapSpan } from '../../diagnostics/heap/delta.ts';
import { readFreshHeap } from '../../diagnostics/heap/fresh.ts';
import type { HeapProfileSnapshot } from '../../diagnostics/heap/types.ts';
import type { Diagnostics } from '../../diagnostics/types.ts';
import { heapprofile } from '../../formats/devtools/heapprofile.ts';
import { profileDelta } from '../../formats/pprof/delta.ts';
import { heapPprof } from '../../formats/pprof/heap.ts';
import { encodeProfile } from '../../formats/pprof/profile.ts';
import { heapText } from '../../formats/text/heap.ts';
import { externalColumnsOf, withExternalColumns } from '../../profile/external-columns.ts';
import type { Profile } from '../../profile/profile.ts';
import {
  debugOf,
  deltaSecondsOf,
  isFreshAsked,
  type PprofAnswer,
  type PprofEndpoint,
  type PprofQuery,
  profileForm,
} from './query.ts';
import type { Symbols } from './symbol.ts';

type HeapForm = 'heap' | 'allocs';

/** For how long a fresh read of a thread that is silent is waited for: a stall may be about to end. */
const SILENT_PATIENCE_MS = 3_000;

export function heapEndpoints(diagnostics: Diagnostics, symbols: Symbols): PprofEndpoint[] {
  /** Of the program alone, as in the tables. */
  async function readProgram(): Promise<HeapProfileSnapshot> {
    const heap = await diagnostics.heapProfile();
    return { ...heap, profile: withoutOwnSamples(heap.profile, { isOwnFile, isRuntimeFile }) };
  }

  async function read(form: HeapForm): Promise<HeapProfileSnapshot> {
    const heap = await readProgram();
    if (form === 'heap' || heap.cumulativeUnavailable === null) return heap;
    throw new DiagnosticsError(
      'UNAVAILABLE',
      `${heap.cumulativeUnavailable}; live objects are at heap, and with seconds=5 this tells what is allocated in 5 seconds`,
    );
  }

  /** Buffers beside the heap; null where nothing is told of them. Scrapers come often: nothing is collected for them. */
  async function readBuffers(): Promise<Profile | null> {
    try {
      const { profile, unavailable } = await diagnostics.externalAllocations();
      if (unavailable !== null) return null;
      return withoutOwnSamples(profile, { isOwnFile, isRuntimeFile });
    } catch (error) {
      if (error instanceof DiagnosticsError) return null;
      throw error;
    }
  }

  /** With `gc=1` it is never older than the request. */
  function readAsAsked(
    form: HeapForm,
    { params, signal }: PprofQuery,
  ): Promise<HeapProfileSnapshot> {
    if (!isFreshAsked(params)) return read(form);
    return readFreshHeap({ read: () => read(form), signal, busyPatienceMs: SILENT_PATIENCE_MS });
  }

  async function encoded(
    fileName: string,
    profile: Profile,
    measuredAtMs: number,
  ): Promise<PprofAnswer> {
    const { title: program } = await diagnostics.process();
    const chunks = encodeProfile(profile, { program, lines: 'functionStarts' });
    return { kind: 'profile', fileName, chunks, measuredAtMs };
  }

  async function asText(form: HeapForm, query: PprofQuery): Promise<PprofAnswer> {
    // First the heap: its read also tells how many objects there are.
    const heap = await readAsAsked(form, query);
    symbols.remember(form, heap.profile.frames);
    const text = heapText(heap, await diagnostics.pprof());
    return { kind: 'text', text, measuredAtMs: heap.collectedAtMs };
  }

  async function answer(form: HeapForm, query: PprofQuery): Promise<PprofAnswer> {
    const { params, signal } = query;
    // What is none is refused before the heap is read.
    const asked = deltaSecondsOf(params, Number.POSITIVE_INFINITY);
    const isRecording = form === 'allocs' && asked !== null && !(await countsFreed());
    const seconds = deltaSecondsOf(params, isRecording ? MOST_ALLOCATION_SECONDS : undefined);
    if (isRecording && seconds !== null) return recorded(seconds, signal);
    if (debugOf(params) !== 0) return asText(form, query);
    if (seconds === null) {
      const heap = await readAsAsked(form, query);
      const profile = withBuffers(heapPprof(heap, form), await readBuffers());
      return encoded(form, profile, heap.collectedAtMs);
    }
    const buffersBefore = await readBuffers();
    const { base, target } = await readHeapSpan(() => read(form), { seconds, signal });
    const buffers = buffersBefore && (await readBuffers());
    const delta = profileDelta(
      withBuffers(heapPprof(base, form), buffers && buffersBefore),
      withBuffers(heapPprof(target, form), buffers),
    );
    return encoded(`${form}-delta`, delta, target.collectedAtMs);
  }

  /** Whether what was allocated in between can be told from two reads of the heap. */
  async function countsFreed(): Promise<boolean> {
    try {
      return (await diagnostics.heapProfile()).cumulativeUnavailable === null;
    } catch (error) {
      // A sampler that does not run for good may run for a while.
      if (error instanceof DiagnosticsError && error.code === 'UNAVAILABLE') return false;
      throw error;
    }
  }

  /** Where the heap counts live objects only, or is not sampled. */
  async function recorded(seconds: number, signal: AbortSignal): Promise<PprofAnswer> {
    const outcome = await diagnostics.allocationProfiles.take({ seconds, signal });
    if (outcome.kind === 'TAKEN') {
      const { profile, liveTableCost } = outcome.profile;
      const comments = [
        'Bytes alone, of everything allocated meanwhile, freed objects included: V8 counts no objects here.',
        ...(liveTableCost === null ? [] : [liveTableCost]),
      ];
      return encoded('allocs-delta', { ...profile, comments }, Date.now());
    }
    if (outcome.kind === 'CANCELLED') {
      throw new DiagnosticsError('STOPPED', 'the allocation profile was cancelled');
    }
    const { endsAtMs } = outcome.running;
    throw new DiagnosticsError(
      'PROFILE_ALREADY_RUNNING',
      `an allocation profile is being taken until ${new Date(endsAtMs).toISOString()}; ask again then`,
      { retryAfterMs: endsAtMs - Date.now() },
    );
  }

  return [
    {
      name: 'allocs',
      description:
        'Everything allocated since start, freed memory included (Node 26 and later). With <code>seconds</code>, on every Node: what was allocated in that time.',
      form: (params) => profileForm('allocs', params),
      answer: (query) => answer('allocs', query),
    },
    {
      name: 'heap',
      description:
        'Live memory by who allocated it, and buffers outside the heap (<code>external_space</code>). With <code>seconds</code>: how it changed in that time; with <code>gc=1</code>: as it is now, or an error while that cannot be read. <code>debug=1</code> is text with memory statistics.',
      form: (params) => profileForm('heap', params),
      answer: (query) => answer('heap', query),
    },
    {
      name: 'heap.heapprofile',
      description: 'Live memory for Chrome DevTools (Memory, Load profile).',
      form: () => ({ kind: 'json', fileName: 'heap.heapprofile' }),
      async answer(query) {
        const { profile, collectedAtMs: measuredAtMs } = await readAsAsked('heap', query);
        const json = JSON.stringify(heapprofile(profile));
        return { kind: 'json', fileName: 'heap.heapprofile', json, measuredAtMs };
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

/** As it is where a saved profile has them already. */
function withBuffers(heap: Profile, buffers: Profile | null): Profile {
  if (buffers === null || externalColumnsOf(heap) !== null) return heap;
  return withExternalColumns(heap, buffers);
}
