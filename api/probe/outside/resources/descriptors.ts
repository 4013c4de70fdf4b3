/**
 * Sees who opens files by number (`fs.openSync`, `fs.open`), for as long as somebody suspects handles: a number tells
 * nobody that it was opened, and is never collected. The stand-in is in the place of what both call inside of
 * Node, so that it does not matter how the program has imported them.
 */
import { wallClockMs } from '../../../base/own-time.ts';
import type { StackStore } from '../../tasks/stack-store.ts';
import { createNativeRethrow } from '../buffers/own-frames.ts';
import { type AnyFunction, createQuickStandIns } from '../buffers/stand-ins.ts';
import { DESCRIPTOR, type MadeRecord, recordOf } from '../record.ts';
import { sampleByCount } from '../sampling.ts';
import { createDescriptor, type Descriptor } from './descriptor.ts';

export interface DescriptorWatch {
  start(): void;
  stop(): void;
}

/** What is told of the file once it is open; without it, `open` returns the number. */
interface OpenRequest {
  oncomplete?: (...args: unknown[]) => unknown;
}

const MOST_PER_SECOND = 30;
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
    const descriptor = typeof fd === 'number' ? createDescriptor(fd) : null;
    if (descriptor === null) return;
    known.set(fd as number, descriptor);
    const ref = { deref: () => descriptor } as unknown as WeakRef<object>;
    add(recordOf({ kind: DESCRIPTOR, ...made, holder: null, ref }));
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
  const { binding, execArgv, env } = process as NodeJS.Process & {
    binding?: (name: string) => object;
  };
  const isWarned = [...execArgv, env['NODE_OPTIONS'] ?? ''].some((each) => each.includes(WARNS));
  if (isWarned || env['NODE_PENDING_DEPRECATION'] === '1') return null;
  try {
    return binding?.call(process, 'fs') ?? null;
  } catch {
    return null;
  }
}
