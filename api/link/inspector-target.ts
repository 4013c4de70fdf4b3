/**
 * What the sidecar can call inside the observed thread while its loop is stuck: the inspector
 * interrupts the running JavaScript, and these functions run on top of it. They are quick, never
 * throw, and answer with text. Nothing is paused: a debugger that is attached notices nothing.
 */
import {
  atomicLoad,
  atomicStore,
  getBuiltinModule,
  OwnSharedArrayBuffer,
  stringify,
} from '../builtins.ts';
import { isOwnFile, isRuntimeFile } from '../own-files.ts';
import type { ObservedProbe, StackFrame } from '../probe/probe.ts';
import { onProcessExit } from '../probe/process-exit.ts';
import { createStackStore } from '../probe/stack-capture.ts';
import { describeFailure, type Failure } from './failure.ts';
import { monotonicMs } from './heartbeat.ts';

type Inspector = typeof import('node:inspector');
type AnyMethod = (argument: unknown) => unknown;

const STACK_DEPTH = 64;

/** Slots of the exit guard: connections that are open now, and whether the thread is about to end. */
export const CONNECTIONS = 0;
export const IS_EXITING = 1;
const GUARD_SLOTS = 2;

/** Longest wait at exit for a connection to end; it takes a millisecond unless the machine is very busy. */
const HANG_UP_DEADLINE_MS = 100;

/** Node's callers of our own hook, which may be what was interrupted. */
const HOOKS_FILE = 'node:internal/async_hooks';

/** Methods of the probe that answer at once. */
export type ImmediateMethod = 'readStats' | 'lastTasks' | 'startCpuProfile' | 'stopCpuProfile';

/** What the thread was found doing. */
export interface Glimpse {
  /** The running JavaScript, top frame first, without pprofql's own frames and hooks at the top. */
  frames: StackFrame[];
  /** The thread was found inside pprofql's own work, no code of the program being involved. */
  isOwnWork: boolean;
  /** An inspector listens (`--inspect`), so a person's debugger may be attached. */
  mayHaveDebugger: boolean;
}

export type CallAnswer = { value: unknown } | { failure: Failure };

export interface InspectorTarget {
  /** A `Glimpse` as JSON. */
  look(): string;
  /** A `CallAnswer` as JSON. */
  call(method: ImmediateMethod, argument: unknown): string;
}

export interface ExposedTarget {
  /** For `inspectMainThread`. */
  address: TargetAddress;
  /** Takes it out of the program again. */
  remove(): void;
}

export interface TargetAddress {
  /** Key of the registered symbol that leads to the target. */
  key: string;
  /** Keeps the thread from exiting in the middle of a connection, which Node would wait for and complain of. */
  exitGuard: SharedArrayBuffer;
}

/** Puts the target where an evaluated expression finds it: a hidden property of the global object. */
export function exposeToInspector(probe: ObservedProbe, key: string): ExposedTarget {
  const exitGuard = new OwnSharedArrayBuffer(GUARD_SLOTS * Int32Array.BYTES_PER_ELEMENT);
  const guard = new Int32Array(exitGuard);
  const symbol = Symbol.for(key);
  Object.defineProperty(globalThis, symbol, { value: createTarget(probe), configurable: true });
  const forget = onProcessExit(() => waitForConnections(guard));
  return {
    address: { key, exitGuard },
    remove: () => {
      forget();
      Reflect.deleteProperty(globalThis, symbol);
    },
  };
}

function waitForConnections(guard: Int32Array<SharedArrayBuffer>): void {
  atomicStore(guard, IS_EXITING, 1);
  const deadlineMs = monotonicMs() + HANG_UP_DEADLINE_MS;
  // Running JavaScript, the thread answers what it was asked; nothing else would let the connection end.
  while (atomicLoad(guard, CONNECTIONS) > 0 && monotonicMs() < deadlineMs);
}

function createTarget(probe: ObservedProbe): InspectorTarget {
  const stacks = createStackStore(STACK_DEPTH);
  /** Absent from some builds of Node. */
  const inspector = getBuiltinModule('node:inspector') as Inspector | undefined;

  /** @param below The target's function that the evaluated expression called. */
  function interruptedFrames(below: (...args: never[]) => unknown): readonly StackFrame[] {
    const [_evaluated, ...frames] = stacks.format(stacks.capture(below)).frames;
    return frames;
  }

  const look = (): string => {
    const frames = interruptedFrames(look);
    const firstOfProgram = frames.findIndex(({ file }) => !isOwnFile(file) && file !== HOOKS_FILE);
    const involvesProgram = frames.some(({ file }) => !isOwnFile(file) && !isRuntimeFile(file));
    const involvesUs = frames.some(({ file }) => isOwnFile(file));
    return stringify({
      frames: firstOfProgram < 0 ? [] : frames.slice(firstOfProgram),
      isOwnWork: involvesUs && !involvesProgram,
      mayHaveDebugger: inspector?.url() !== undefined,
    } satisfies Glimpse);
  };

  const call = (method: ImmediateMethod, argument: unknown): string => {
    try {
      // In the middle of one of our own functions its data may be half written.
      if (interruptedFrames(call).some(({ file }) => isOwnFile(file))) {
        const failure = { code: null, message: 'the thread was inside pprofql' };
        return stringify({ failure } satisfies CallAnswer);
      }
      return stringify({ value: (probe[method] as AnyMethod)(argument) } satisfies CallAnswer);
    } catch (error) {
      return stringify({ failure: describeFailure(error) } satisfies CallAnswer);
    }
  };

  return { look, call };
}
