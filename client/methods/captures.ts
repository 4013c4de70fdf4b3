/** The client's part for moments that are kept, what changed between them, and leaks. */

import type { RequestOptions, TargetAccess } from '../core/query/query.ts';
import {
  type CaptureFragment,
  CapturesDocument,
  DeleteCaptureDocument,
  DiffDocument,
  TakeCaptureDocument,
} from '../generated/graphql.ts';
import type { NoLeaksOptions, NoLeaksReport } from '../leaks/expect-no-leaks.ts';
import type { Diff } from './diff.ts';
import { createHolderMethods } from './holders.ts';

export type Capture = CaptureFragment;

export interface DiffRequest extends RequestOptions {
  /** Name of a capture. */
  base: string;
  /** Name of the capture to compare it to. @default now */
  to?: string;
  /** Rows of each list, 1 to 1000. @default 50 */
  limit?: number;
  /** Also count what pprofql itself allocates in the observed thread. @default false */
  includeOwn?: boolean;
}

export interface CaptureMethods {
  /**
   * Keeps memory, tasks and figures of the present under a name, in the observed process. Waits up
   * to a minute until its pause budget allows a heap read. With `watchOutside` it also sees, for ten
   * minutes from then on, which lines make buffers, handles, worker threads and listeners, for `diff`.
   * @default watchOutside: false
   */
  capture(name: string, options?: RequestOptions & { watchOutside?: boolean }): Promise<Capture>;
  /** The captures that are kept, oldest first. */
  captures(options?: RequestOptions): Promise<Capture[]>;
  /** Forgets a capture; false where there was none of this name. */
  deleteCapture(name: string, options?: RequestOptions): Promise<boolean>;
  /** What grew, what is new, what shrank and what went between two captures, or one and now. */
  diff(request: DiffRequest): Promise<Diff>;
  /**
   * Runs the work, and rejects with `LeakFoundError` where memory, buffers, async tasks, handles, native
   * objects, worker threads or listeners of the observed process grow every time: it runs the work
   * again before it accuses, and lets garbage be collected. Growth that stops after a run is no leak.
   * The error names the stacks, and with `holders` who holds their memory. With `proof` tasks that provably
   * nobody can settle any more are leaks after one run, and those that merely wait are told from them.
   *
   * Memory is sampled, so that a run has to leave behind a few sampling intervals
   * to be seen: let the work repeat what it tests often enough, or observe with a smaller
   * `heapSamplingIntervalBytes`. Reads wait for the pause budget, and many tasks are sampled:
   * `pauseBudgetPercent: 100` and `overheadBudgetPercent: 100` in a test make it fast and exact. The
   * report says from what size on growth was visible. Two of these at the same time would see each other's growth.
   */
  expectNoLeaks(work: () => unknown, options?: NoLeaksOptions): Promise<NoLeaksReport>;
}

export function createCaptureMethods(access: TargetAccess): CaptureMethods {
  const { ask, change } = access;
  const methods: CaptureMethods = {
    capture: (name, options) => change(TakeCaptureDocument, { ...options, name }),
    captures: (options) => ask(CapturesDocument, options),
    deleteCapture: (name, options) => change(DeleteCaptureDocument, { ...options, name }),
    diff: (request) => ask(DiffDocument, request),
    async expectNoLeaks(work, options) {
      // Loaded by tests alone, so that web pages do not carry it.
      const { expectNoLeaks } = await import('../leaks/expect-no-leaks.ts');
      return expectNoLeaks({ ...methods, ...createHolderMethods(access) }, work, options);
    },
  };
  return methods;
}
