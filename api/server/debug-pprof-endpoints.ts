/** What is served below `/debug/pprof/`, in the formats and with the parameters of Go's net/http/pprof. */
import { readHeapSpan } from '../diagnostics/heap-delta.ts';
import type { Diagnostics } from '../diagnostics/types.ts';
import { DiagnosticsError } from '../errors.ts';
import { goroutineProfile } from '../formats/goroutine-profile.ts';
import { goroutineText } from '../formats/goroutine-text.ts';
import { heapPprof } from '../formats/heap-pprof.ts';
import { heapprofile } from '../formats/heapprofile.ts';
import { encodeProfile, type PprofOptions } from '../formats/pprof.ts';
import { profileDelta } from '../formats/profile-delta.ts';
import type { Profile } from '../profile/profile.ts';

export interface PprofQuery {
  params: URLSearchParams;
  /** Fires when nobody waits for the answer any more. */
  signal: AbortSignal;
}

export type PprofAnswer =
  | { kind: 'text'; text: string }
  /** Sent gzipped. */
  | { kind: 'profile'; fileName: string; chunks: Iterable<Uint8Array> }
  | { kind: 'json'; fileName: string; value: unknown };

export interface PprofEndpoint {
  /** Path below `/debug/pprof/`. */
  name: string;
  /** Parameters to show it with in a browser. */
  exampleQuery?: string;
  description: string;
  /** @throws DiagnosticsError where it cannot be given, or a parameter is not allowed */
  answer(query: PprofQuery): Promise<PprofAnswer>;
}

const MAX_SECONDS = 600;

export function createPprofEndpoints(diagnostics: Diagnostics): PprofEndpoint[] {
  async function profileAnswer(
    fileName: string,
    profile: Profile,
    lines: PprofOptions['lines'],
  ): Promise<PprofAnswer> {
    const { title } = await diagnostics.process();
    const chunks = encodeProfile(profile, { program: title, lines });
    return { kind: 'profile', fileName, chunks };
  }

  async function readHeap(name: 'heap' | 'allocs') {
    const heap = await diagnostics.heapProfile();
    if (name === 'heap' || heap.cumulativeUnavailable === null) return heap;
    throw new DiagnosticsError(
      'UNAVAILABLE',
      `${heap.cumulativeUnavailable}; live objects are at heap`,
    );
  }

  async function heapAnswer(name: 'heap' | 'allocs', { params, signal }: PprofQuery) {
    const seconds = secondsOf(params);
    if (debugOf(params) !== 0) throw onlyBinary(name);
    if (seconds === null) {
      return profileAnswer(name, heapPprof(await readHeap(name), name), 'functionStarts');
    }
    const { base, target } = await readHeapSpan(() => readHeap(name), { seconds, signal });
    const delta = profileDelta(heapPprof(base, name), heapPprof(target, name));
    return profileAnswer(`${name}-delta`, delta, 'functionStarts');
  }

  return [
    {
      name: 'allocs',
      description:
        'Everything allocated since start, freed memory included (Node 26 and later). With <code>seconds</code>: what was allocated in that time.',
      answer: (query) => heapAnswer('allocs', query),
    },
    {
      name: 'heap',
      description:
        'Live memory by who allocated it. With <code>seconds</code>: how it changed in that time.',
      answer: (query) => heapAnswer('heap', query),
    },
    {
      name: 'heap.heapprofile',
      description: 'Live memory for Chrome DevTools (Memory, Load profile).',
      async answer() {
        const { profile } = await diagnostics.heapProfile();
        return { kind: 'json', fileName: 'heap.heapprofile', value: heapprofile(profile) };
      },
    },
    {
      name: 'goroutine',
      exampleQuery: 'debug=1',
      description:
        'Live async tasks by stack. <code>debug=1</code> is text, <code>debug=2</code> every task by itself.',
      async answer({ params }) {
        if (secondsOf(params) !== null) throw noSeconds();
        const debug = debugOf(params);
        const snapshot = await diagnostics.goroutines({ raw: debug >= 2 });
        if (snapshot.raw !== null) return { kind: 'text', text: snapshot.raw.text };
        if (debug === 1) return { kind: 'text', text: goroutineText(snapshot.groups) };
        const profile = goroutineProfile(snapshot.groups, snapshot.timestampMs);
        return profileAnswer('goroutine', profile, 'calls');
      },
    },
    {
      name: 'cmdline',
      description: 'The program. Its arguments may hold secrets and are only counted.',
      answer: async () => ({ kind: 'text', text: (await diagnostics.process()).title }),
    },
  ];
}

/** As in Go, what is no number counts as 0. */
function debugOf(params: URLSearchParams): number {
  return Number.parseInt(params.get('debug') ?? '', 10) || 0;
}

/** Null where none are asked for. */
function secondsOf(params: URLSearchParams): number | null {
  const text = params.get('seconds');
  if (text === null || text === '') return null;
  const seconds = Number(text);
  if (Number.isInteger(seconds) && seconds >= 1 && seconds <= MAX_SECONDS) return seconds;
  throw new DiagnosticsError(
    'INVALID_INPUT',
    `invalid value for "seconds" - must be a whole number from 1 to ${MAX_SECONDS}`,
  );
}

function noSeconds(): DiagnosticsError {
  return new DiagnosticsError(
    'INVALID_INPUT',
    '"seconds" parameter is not supported for this profile type',
  );
}

function onlyBinary(name: string): DiagnosticsError {
  return new DiagnosticsError(
    'INVALID_INPUT',
    `${name} is served in binary form only; leave "debug" out and open it with go tool pprof`,
  );
}
