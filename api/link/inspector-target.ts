/**
 * What the sidecar can call inside the observed thread while its loop is stuck: the inspector
 * interrupts the running JavaScript, and these functions run on top of it. They are quick, never
 * throw, and answer with text. Nothing is paused: a debugger that is attached notices nothing.
 */
import { isOwnFile, isRuntimeFile } from '../own-files.ts';
import type { ObservedProbe, StackFrame } from '../probe/probe.ts';
import { createStackStore } from '../probe/stack-capture.ts';
import { describeFailure, type Failure } from './failure.ts';
import { monotonicMs } from './heartbeat.ts';

type Inspector = typeof import('node:inspector');
type AnyMethod = (argument: unknown) => unknown;

const STACK_DEPTH = 64;

/** Longest wait for the sidecar to let go; it takes a millisecond unless the sidecar is busy itself. */
const SETTLE_DEADLINE_MS = 20;

/** Node's callers of our own hook, which may be what was interrupted. */
const HOOKS_FILE = 'node:internal/async_hooks';

/** Kept from before the program could replace it. */
const { stringify } = JSON;

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
  /** Waits until the sidecar has let go of this thread. */
  settle(round: number): void;
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
  /** One number: the last round of questions that the sidecar has let go after. */
  rounds: SharedArrayBuffer;
}

/** Puts the target where an evaluated expression finds it: a hidden property of the global object. */
export function exposeToInspector(probe: ObservedProbe, key: string): ExposedTarget {
  const rounds = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT);
  const symbol = Symbol.for(key);
  const target = createTarget(probe, new Int32Array(rounds));
  Object.defineProperty(globalThis, symbol, { value: target, configurable: true });
  return {
    address: { key, rounds },
    remove: () => {
      Reflect.deleteProperty(globalThis, symbol);
    },
  };
}

function createTarget(
  probe: ObservedProbe,
  rounds: Int32Array<SharedArrayBuffer>,
): InspectorTarget {
  const stacks = createStackStore(STACK_DEPTH);
  /** Absent from some builds of Node. */
  const inspector = process.getBuiltinModule('node:inspector') as Inspector | undefined;

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

  const settle = (round: number): void => {
    const deadlineMs = monotonicMs() + SETTLE_DEADLINE_MS;
    // Not Atomics.wait: V8 cannot nest it, and one that the program is in would end too early.
    while (Atomics.load(rounds, 0) < round && monotonicMs() < deadlineMs);
  };

  return { look, call, settle };
}
