/**
 * What the sidecar can call inside the observed thread while its loop is stuck: the inspector
 * interrupts the running JavaScript, and these functions run on top of it. They are quick, never
 * throw, and answer through a port of their own: the connection that called them ends before it could
 * hear them. Nothing is paused: a debugger that is attached notices nothing.
 */

import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { MessageChannel, type MessagePort } from 'node:worker_threads';
import {
  atomicAdd,
  atomicLoad,
  atomicNotify,
  atomicStore,
  atomicWait,
  getBuiltinModule,
  OwnSharedArrayBuffer,
} from '../base/builtins.ts';
import { isOwnFile, isRuntimeFile } from '../base/files/own-files.ts';
import { harmless } from '../base/harmless.ts';
import type { ObservedProbe } from '../probe/probe.ts';
import { onProcessExit } from '../probe/process/exit.ts';
import { beforeOwnSignal } from '../probe/process/own-signal.ts';
import type { StackFrame } from '../probe/readings/tasks.ts';
import { createStackStore } from '../probe/tasks/stack-store.ts';
import { describeFailure, type Failure } from './failure.ts';
import { monotonicMs } from './heartbeat.ts';
import { postTo } from './port.ts';

type Inspector = typeof import('node:inspector');
/** In the middle of one of our own functions its data may be half written; a moment later the thread is elsewhere. */
export const INSIDE_PPROFQL = 'the thread was inside pprofql';
const NO_ANSWER: Failure = { code: null, message: 'the target gave no answer' };

type AnyMethod = (argument: unknown) => unknown;

const STACK_DEPTH = 64;

/**
 * Slots of the exit guard: connections that are open for a question, whether the thread is about to
 * end, connections that are held while there are worker threads, and how many of those were made.
 */
export const CONNECTIONS = 0;
export const IS_EXITING = 1;
export const HELD_CONNECTIONS = 2;
export const WORKERS_MADE = 3;
const GUARD_SLOTS = 4;

/**
 * Longest wait at exit for a connection to end; it takes a millisecond unless the machine is very busy. Behind it Node
 * waits itself, and says so on stderr.
 */
const HANG_UP_DEADLINE_MS = 1_000;
/** Leaves the core to whoever is to hang up. */
const PAUSE_MS = 1;

/** On it Node tells of each worker thread that this thread makes. */
const WORKERS_CHANNEL = 'worker_threads';

/** Node's callers of our own hooks, which may be what was interrupted. */
const HOOKS_FILES: readonly string[] = ['node:internal/async_hooks', 'node:internal/promise_hooks'];

/** What begins work of our own. V8 also calls our hooks with nothing of the program below: then a promise of it is on. */
const BEGINNINGS: readonly string[] = [
  'node:internal/per_context/messageport',
  'node:internal/timers',
];

/** Methods of the probe that answer at once. */
export type ImmediateMethod =
  | 'readFigures'
  | 'lastTasks'
  | 'readRequests'
  | 'readRoutes'
  | 'startCpuProfile'
  | 'stopCpuProfile'
  | 'cancelCpuProfile'
  | 'readLoadedMap';

/** What the thread was found doing. */
export interface Glimpse {
  /** The running JavaScript, top frame first, without pprofql's own frames and hooks at the top. */
  frames: StackFrame[];
  /** The thread was found inside pprofql's own work, no code of the program being involved. */
  isOwnWork: boolean;
  /** An inspector listens (`--inspect`), so a person's debugger may be attached. */
  mayHaveDebugger: boolean;
}

export type InspectorAnswer = { id: number; value: unknown } | { id: number; failure: Failure };

export interface InspectorTarget {
  /** Answers with a `Glimpse`. */
  look(id: number): void;
  /** Answers with what the method of the probe gives. */
  call(id: number, method: ImmediateMethod, argument: unknown): void;
}

export interface ExposedTarget {
  /** For `inspectMainThread`. */
  address: TargetAddress;
  isConnected(): boolean;
  /** Takes it out of the program again. */
  remove(): void;
}

export interface TargetAddress {
  /** Key of the registered symbol that leads to the target. */
  key: string;
  /** Keeps the thread from exiting in the middle of a connection, which Node would wait for and complain of. */
  exitGuard: SharedArrayBuffer;
  /** Where the answers arrive; to be transferred. */
  answers: MessagePort;
}

/** Puts the target where an evaluated expression finds it: a hidden property of the global object. */
export function exposeToInspector(probe: ObservedProbe, key: string): ExposedTarget {
  const exitGuard = new OwnSharedArrayBuffer(GUARD_SLOTS * Int32Array.BYTES_PER_ELEMENT);
  const guard = new Int32Array(exitGuard);
  const symbol = Symbol.for(key);
  const { port1: port, port2: answers } = new MessageChannel();
  const value = createTarget(probe, port);
  Object.defineProperty(globalThis, symbol, { value, configurable: true });
  const letGo = () => waitForConnections(guard);
  const stopWaiting = [onProcessExit(letGo), beforeOwnSignal(letGo)];
  const tellOfWorker = harmless(() => {
    atomicAdd(guard, WORKERS_MADE, 1);
    atomicNotify(guard, WORKERS_MADE);
  });
  subscribe(WORKERS_CHANNEL, tellOfWorker);
  return {
    address: { key, exitGuard, answers },
    isConnected: () => atomicLoad(guard, CONNECTIONS) > 0,
    remove: () => {
      for (const stop of stopWaiting) stop();
      unsubscribe(WORKERS_CHANNEL, tellOfWorker);
      port.close();
      Reflect.deleteProperty(globalThis, symbol);
    },
  };
}

/**
 * What runs for the program: what a hook of ours calls of V8's and Node's goes as well, and by which
 * part of Node it was called.
 * @internal
 */
export function withoutOurTop(frames: readonly StackFrame[]): StackFrame[] {
  const ofProgram = frames.findIndex(({ file }) => !isOwnFile(file) && !isRuntimeFile(file));
  const top = ofProgram < 0 ? frames : frames.slice(0, ofProgram);
  const below = frames.slice(top.findLastIndex(({ file }) => isOwnFile(file)) + 1);
  const called = below.findIndex(({ file }) => !HOOKS_FILES.includes(file));
  return called < 0 ? [] : below.slice(called);
}

function waitForConnections(guard: Int32Array<SharedArrayBuffer>): void {
  atomicStore(guard, IS_EXITING, 1);
  // Whoever holds a connection waits for this.
  atomicNotify(guard, IS_EXITING);
  const deadlineMs = monotonicMs() + HANG_UP_DEADLINE_MS;
  // Running JavaScript, the thread answers what it was asked; nothing else would let the connection end.
  while (isHeld(guard) && monotonicMs() < deadlineMs) atomicWait(guard, IS_EXITING, 1, PAUSE_MS);
}

function isHeld(guard: Int32Array<SharedArrayBuffer>): boolean {
  return atomicLoad(guard, CONNECTIONS) + atomicLoad(guard, HELD_CONNECTIONS) > 0;
}

function createTarget(probe: ObservedProbe, port: MessagePort): InspectorTarget {
  const stacks = createStackStore(STACK_DEPTH);
  /** Absent from some builds of Node. */
  const inspector = getBuiltinModule('node:inspector') as Inspector | undefined;

  const send = harmless((answer: InspectorAnswer) => postTo(port, answer));

  /** @param below The target's function that the evaluated expression called. */
  function interruptedFrames(below: (...args: never[]) => unknown): readonly StackFrame[] {
    const [_evaluated, ...frames] = stacks.format(stacks.take(below)).frames;
    return frames;
  }

  const glimpse = (): Glimpse => {
    const frames = interruptedFrames(look);
    const involvesProgram = frames.some(({ file }) => !isOwnFile(file) && !isRuntimeFile(file));
    const involvesUs = frames.some(({ file }) => isOwnFile(file));
    const hasBegun = frames.some(({ file }) => BEGINNINGS.includes(file));
    return {
      frames: withoutOurTop(frames),
      isOwnWork: involvesUs && !involvesProgram && hasBegun,
      mayHaveDebugger: inspector?.url() !== undefined,
    };
  };

  const look = harmless((id: number) => send({ id, value: glimpse() }));

  const call = harmless((id: number, method: ImmediateMethod, argument: unknown) => {
    try {
      if (interruptedFrames(call).some(({ file }) => isOwnFile(file))) {
        send({ id, failure: { code: null, message: INSIDE_PPROFQL } });
      } else send({ id, value: (probe[method] as AnyMethod)(argument) });
    } catch (error) {
      send({ id, failure: describeFailure(error) });
    }
  });

  // Asked in a turn of the loop, when all that was evaluated before has run: an answer that is still
  // missing does not come any more. Whoever has had it pays no heed.
  port.on(
    'message',
    harmless((id: number) => send({ id, failure: NO_ANSWER })),
  );
  port.unref();

  return { look, call };
}
