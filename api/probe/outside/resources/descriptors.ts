/**
 * Sees who opens files by number (`fs.openSync`, `fs.open`), for as long as somebody suspects handles: a number tells
 * nobody that it was opened, and is never collected. The stand-in is in the place of what both call inside of
 * Node, so that it does not matter how the program has imported them.
 */
import { ownProcess } from '../../../base/builtins.ts';
import { harmless } from '../../../base/harmless.ts';
import { clearInterval, setInterval, wallClockMs } from '../../../base/own-time.ts';
import type { StackStore } from '../../tasks/stack-store.ts';
import { createNativeRethrow } from '../buffers/own-frames.ts';
import { type AnyFunction, createQuickStandIns } from '../buffers/stand-ins.ts';
import { DESCRIPTOR, type MadeRecord, recordOf } from '../record.ts';
import { sampleByCount } from '../sampling.ts';
import { createDescriptor, type Descriptor } from './descriptor.ts';

export interface DescriptorWatch {
  start(): void;
  stop(): void;
  /** A stream that is about to open a file, which stays open also once nobody has the stream any more. */
  follow(stream: FileStream, record: MadeRecord): void;
}

export interface FileStream {
  fd?: unknown;
  destroyed?: boolean;
}

/** What is told of the file once it is open; without it, `open` returns the number. */
interface OpenRequest {
  oncomplete?: (...args: unknown[]) => unknown;
}

const MOST_PER_SECOND = 30;
/** Streams whose files are not open yet. */
const MOST_OPENING = 100;
const LOOK_EVERY_MS = 100;
const OPEN_WITHIN_MS = 5_000;
/** `open(path, flags, mode, request)`. */
const REQUEST_AT = 3;
/** With it Node warns of what is used here, on the program's standard error. */
const WARNS = '--pending-deprecation';
/** The function of Node's that the program calls to have a number; `readFile` and the like keep theirs to themselves. */
const OPENS = /(?:^|\.)open(?:Sync)?$/;

const { apply } = Reflect;

export function createDescriptorWatch(
  stacks: StackStore,
  add: (record: MadeRecord) => void,
): DescriptorWatch {
  const sampling = sampleByCount(MOST_PER_SECOND);
  const opens = createQuickStandIns(noteOpen, createNativeRethrow());
  const closes = createQuickStandIns(noteClose, createNativeRethrow());
  const known = new Map<number, Descriptor>();
  /** Held for as long as it takes to open a file: it tells its descriptor to nobody else without a trace. */
  let opening: { stream: FileStream; record: MadeRecord }[] = [];
  let looking: NodeJS.Timeout | undefined;

  function noteOpen(opened: unknown, args: readonly unknown[], below: AnyFunction): void {
    const madeAtMs = wallClockMs();
    const weight = sampling.weigh(madeAtMs);
    if (weight === 0) return;
    const stack = stacks.formatDeep(stacks.takeDeep(below));
    // A stream opens its file on nobody's behalf, and is known as what it is.
    if (!stack.hasProgramFrame || !OPENS.test(stack.frames[0]?.function ?? '')) return;
    const tell = (fd: unknown) => keep(fd, { weight, madeAtMs, stack });
    const request = args[REQUEST_AT] as OpenRequest | undefined;
    if (request === undefined) tell(opened);
    else tellWhenOpen(request, tell);
  }

  function keep(fd: unknown, made: Pick<MadeRecord, 'weight' | 'madeAtMs' | 'stack'>): void {
    const descriptor = knownFrom(fd);
    if (descriptor === null) return;
    const ref = { deref: () => descriptor } as unknown as WeakRef<object>;
    add(recordOf({ kind: DESCRIPTOR, ...made, holder: null, ref }));
  }

  function lookAtOpening(): void {
    opening = opening.filter(({ stream, record }) => {
      if (typeof stream.fd === 'number') record.descriptor = knownFrom(stream.fd);
      const isLate = wallClockMs() - record.madeAtMs > OPEN_WITHIN_MS;
      return typeof stream.fd !== 'number' && stream.destroyed !== true && !isLate;
    });
    if (opening.length > 0) return;
    clearInterval(looking);
    looking = undefined;
  }

  function knownFrom(fd: unknown): Descriptor | null {
    const descriptor = typeof fd === 'number' ? createDescriptor(fd) : null;
    if (descriptor !== null) known.set(fd as number, descriptor);
    return descriptor;
  }

  /** The next file to have the number may be the same. */
  function noteClose(_made: unknown, [fd]: readonly unknown[]): void {
    known.get(fd as number)?.close();
    known.delete(fd as number);
  }

  return {
    start() {
      const binding = bindingOfFiles();
      if (binding === null) return;
      opens.put(binding, ['open']);
      closes.put(binding, ['close']);
    },
    stop() {
      opens.takeBack();
      closes.takeBack();
      known.clear();
      opening = [];
      clearInterval(looking);
      looking = undefined;
    },
    follow(stream, record) {
      if (opening.length >= MOST_OPENING) return;
      opening.push({ stream, record });
      looking ??= setInterval(harmless(lookAtOpening), LOOK_EVERY_MS).unref();
    },
  };
}

/** The program's function is called below ours, whose frame is in the stacks that it takes: only what is told is met so. */
function tellWhenOpen(request: OpenRequest, tell: (fd: unknown) => void): void {
  const { oncomplete } = request;
  if (typeof oncomplete !== 'function') return;
  request.oncomplete = function (this: unknown, ...args: unknown[]): unknown {
    try {
      tell(args[1]);
    } catch {
      // The program gets its answer all the same.
    }
    return apply(oncomplete, this, args);
  };
}

/** Null where it cannot be had without a trace: under the permission model, or where Node would warn of it. */
function bindingOfFiles(): object | null {
  const { binding, execArgv, env } = ownProcess as NodeJS.Process & {
    binding?: (name: string) => object;
  };
  const isWarned = [...execArgv, env.NODE_OPTIONS ?? ''].some((each) => each.includes(WARNS));
  if (isWarned || env.NODE_PENDING_DEPRECATION === '1') return null;
  try {
    return binding?.call(ownProcess, 'fs') ?? null;
  } catch {
    return null;
  }
}
