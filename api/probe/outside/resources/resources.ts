/** Sees handles and native objects being made, by async_hooks, for as long as somebody suspects them. */
import { createHook } from 'node:async_hooks';
import { OwnWeakRef } from '../../../base/builtins.ts';
import { wallClockMs } from '../../../base/own-time.ts';
import type { StackStore } from '../../tasks/stack-store.ts';
import { FILE_STREAM, isRepeatingTimer, type MadeRecord, recordOf } from '../record.ts';
import { sampleByCount } from '../sampling.ts';
import { createDescriptorWatch } from './descriptors.ts';
import { createFileOpens, FILE_REQUEST } from './file-opens.ts';

/** What stays until somebody ends it, and has memory or a descriptor outside the heap. */
const LASTING_TYPES: ReadonlySet<string> = new Set([
  'Timeout',
  'TCPWRAP',
  'TCPSERVERWRAP',
  'PIPEWRAP',
  'PIPESERVERWRAP',
  'UDPWRAP',
  'PROCESSWRAP',
  'FSEVENTWRAP',
  'STATWATCHER',
  'DIRHANDLE',
  'ZLIB',
  'MESSAGEPORT',
  'HTTP2SESSION',
  'DNSCHANNEL',
]);

const FILE_HANDLE = 'FILEHANDLE';
const NEXT_TICK = 'TickObject';

/** A timer that runs off sooner ends by itself before anybody would call it kept. */
const SHORT_TIMER_MS = 60_000;

/** Of each kind. */
const MOST_PER_SECOND = 30;

export interface ResourceWatch {
  start(): void;
  stop(): void;
}

export function createResourceWatch(
  stacks: StackStore,
  add: (record: MadeRecord) => void,
): ResourceWatch {
  const samplings = new Map<string, ReturnType<typeof sampleByCount>>();
  const opens = createFileOpens(stacks);
  const descriptors = createDescriptorWatch(stacks, add);
  let isBusy = false;

  function init(asyncId: number, type: string, _triggerId: number, resource: object): void {
    if (isBusy) return;
    isBusy = true;
    try {
      if (type === FILE_REQUEST) noteFileRequest(resource);
      else if (type === FILE_HANDLE) noteFileHandle(asyncId, resource);
      else if (type === NEXT_TICK) noteFileStream(asyncId, resource);
      else if (LASTING_TYPES.has(type)) note(asyncId, type, resource);
    } catch {
      // Whatever went wrong, the program's operation goes on.
    } finally {
      isBusy = false;
    }
  }

  function note(asyncId: number, type: string, resource: object): void {
    if (type === 'Timeout' && isShortTimer(resource)) return;
    const madeAtMs = wallClockMs();
    const weight = weigh(type, resource, madeAtMs);
    if (weight === 0) return;
    const holder = stacks.takeDeep(init);
    add(recordOf({ kind: type, asyncId, weight, madeAtMs, holder, ref: new OwnWeakRef(resource) }));
  }

  function noteFileRequest(request: object): void {
    if (weighBy(FILE_REQUEST, wallClockMs()) > 0) opens.note(request, stacks.takeDeep(init));
  }

  function noteFileHandle(asyncId: number, resource: object): void {
    const madeAtMs = wallClockMs();
    const weight = weighBy(FILE_HANDLE, madeAtMs);
    const stack = weight === 0 ? null : opens.takeOldest();
    if (stack === null) return;
    const ref = new OwnWeakRef(resource);
    add(recordOf({ kind: FILE_HANDLE, asyncId, weight, madeAtMs, holder: null, stack, ref }));
  }

  /** It opens its file in the next tick, on nobody's behalf. */
  function noteFileStream(asyncId: number, tick: object): void {
    const stream = openingStreamOf(tick);
    if (stream === null) return;
    const madeAtMs = wallClockMs();
    const weight = weighBy(FILE_STREAM, madeAtMs);
    if (weight === 0) return;
    const holder = stacks.takeDeep(init);
    const ref = new OwnWeakRef(stream);
    const record = recordOf({ kind: FILE_STREAM, asyncId, weight, madeAtMs, holder, ref });
    add(record);
    descriptors.follow(stream, record);
  }

  /** Intervals among many other timers are counted apart. */
  function weigh(type: string, resource: object, nowMs: number): number {
    return weighBy(type === 'Timeout' && isRepeatingTimer(resource) ? 'interval' : type, nowMs);
  }

  function weighBy(name: string, nowMs: number): number {
    const sampling = samplings.get(name) ?? sampleByCount(MOST_PER_SECOND);
    samplings.set(name, sampling);
    return sampling.weigh(nowMs);
  }

  // Not known to the declarations yet, nor to each Node: promises are none of its business.
  const options = { init, trackPromises: false };
  const hook = createHook(options);

  return {
    start() {
      hook.enable();
      descriptors.start();
    },
    stop() {
      hook.disable();
      descriptors.stop();
      opens.clear();
    },
  };
}

/** The stream of a file that this tick will open; null where it does something else. */
function openingStreamOf(tick: object): object | null {
  const { callback, args } = tick as { callback?: { name?: string }; args?: unknown[] };
  if (callback?.name !== 'constructNT') return null;
  const stream = args?.[0];
  const isOfFile =
    typeof stream === 'object' && stream !== null && 'fd' in stream && 'path' in stream;
  return isOfFile ? stream : null;
}

function isShortTimer(timer: object): boolean {
  const { _idleTimeout: delayMs } = timer as { _idleTimeout?: unknown };
  return !isRepeatingTimer(timer) && !(typeof delayMs === 'number' && delayMs >= SHORT_TIMER_MS);
}
