/**
 * Sees who opens files by number (`fs.openSync`, `fs.open`), for as long as somebody suspects handles: a number tells
 * nobody that it was opened, and is never collected. The stand-in is in the place of what both call inside of
 * Node, so that it does not matter how the program has imported them.
 */
import { wallClockMs } from '../../../base/own-time.ts';
import type { StackStore } from '../../tasks/stack-store.ts';
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

type Tell = (fd: unknown) => void;

const MOST_PER_SECOND = 30;
/** `open(path, flags, mode, request)`. */
const REQUEST_AT = 3;
/** With it Node warns of what is used here, on the program's standard error. */
const WARNS = '--pending-deprecation';

const { apply } = Reflect;

export function createDescriptorWatch(
  stacks: StackStore,
  add: (record: MadeRecord) => void,
): DescriptorWatch {
  const sampling = sampleByCount(MOST_PER_SECOND);
  const standIns = createQuickStandIns(note);
  /** The latest of each number: one that is given again was closed in between. */
  const known = new Map<number, Descriptor>();

  function note(opened: unknown, args: readonly unknown[], below: AnyFunction): void {
    const tell = tellerFor(below);
    const request = args[REQUEST_AT] as OpenRequest | undefined;
    if (request === undefined) tell(opened);
    else tellWhenOpen(request, tell);
  }

  /** What is passed over says at least that its number is another file's now. */
  function tellerFor(below: AnyFunction): Tell {
    const madeAtMs = wallClockMs();
    const weight = sampling.weigh(madeAtMs);
    const holder = weight === 0 ? null : stacks.takeDeep(below);
    return (fd) => {
      if (typeof fd !== 'number') return;
      known.get(fd)?.close();
      known.delete(fd);
      const stack = holder && stacks.formatDeep(holder);
      // A stream opens its file on nobody's behalf, and is known as what it is.
      const descriptor = stack?.hasProgramFrame ? createDescriptor(fd) : null;
      if (descriptor === null) return;
      known.set(fd, descriptor);
      const ref = { deref: () => descriptor } as unknown as WeakRef<object>;
      add(recordOf({ kind: DESCRIPTOR, weight, madeAtMs, holder: null, stack, ref }));
    };
  }

  return {
    start() {
      const binding = bindingOfFiles();
      if (binding !== null) standIns.put(binding, ['open']);
    },
    stop() {
      standIns.takeBack();
      known.clear();
    },
  };
}

function tellWhenOpen(request: OpenRequest, tell: Tell): void {
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
