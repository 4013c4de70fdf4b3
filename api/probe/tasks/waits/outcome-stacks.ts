/**
 * Who awaits what an async function promised stands in that function, which has not finished: else a
 * request would seem to hang in its handler alone.
 *
 *   handler:14 awaits what `checkout` promised                            →  checkout:9 ← handler:14
 *   … and what V8 tells of is a promise that `checkout` made and returned  →  checkout:11 ← handler:14
 *   … or such a promise waits for that of another request                  →  checkout:11 ← handler:14
 */
import type { StackFrame } from '../../readings/tasks.ts';
import { type ChainTask, isPassedOn, kindOf, ownKey } from '../promises/promise-kinds.ts';
import type { TakenStack } from '../stack-store.ts';

export class OutcomeStacks {
  /** Functions that have promised something, by who awaits it. */
  readonly #promising = new Map<TakenStack, Set<string>>();
  /** Where functions have made what they returned, by function and file. */
  readonly #returning = new Map<string, StackFrame>();
  /** By who waits and by where it was made, so that equal stacks stay one object. */
  readonly #known = new Map<TakenStack, Map<TakenStack, TakenStack>>();

  /** @param waits who awaits the task */
  note(task: ChainTask, waits: TakenStack): void {
    const promising = isOutcome(task) && waits.frames.length > 0 ? ownKey(task) : undefined;
    if (promising === undefined) return;
    const known = this.#promising.get(waits);
    if (known === undefined) this.#promising.set(waits, new Set([promising]));
    else known.add(promising);
  }

  /** Of one that waits for a promise of another request: whoever made it may have returned it. */
  noteMade({ stack: { frames, callKeys } }: ChainTask): void {
    for (const [at, frame] of frames.entries()) {
      if (frame.file !== '' && !frame.isAsync) this.#returning.set(callKeys[at]!, frame);
    }
  }

  /** @param waits who awaits the task */
  of(task: ChainTask, waits: TakenStack): TakenStack {
    const ofWaits = this.#known.get(waits);
    const known = ofWaits?.get(task.stack);
    if (known !== undefined) return known;
    const stack = this.#deepened(task, waits);
    if (ofWaits === undefined) this.#known.set(waits, new Map([[task.stack, stack]]));
    else ofWaits.set(task.stack, stack);
    return stack;
  }

  #deepened(task: ChainTask, waits: TakenStack): TakenStack {
    const at = this.#promisingFrame(task, waits);
    if (at === -1) return waits;
    const key = task.stack.callKeys[at]!;
    const frame = (isOutcome(task) && this.#returning.get(key)) || task.stack.frames[at]!;
    return {
      ...waits,
      frames: [frame, ...waits.frames],
      callKeys: [key, ...waits.callKeys],
    };
  }

  /** Of where the task was made, the function whose outcome is awaited; -1 for none. */
  #promisingFrame(task: ChainTask, waits: TakenStack): number {
    const { frames, callKeys } = task.stack;
    const isNew = (at: number) =>
      frames[at]!.file !== '' && !waits.callKeys.includes(callKeys[at]!);
    if (isOutcome(task)) {
      const waiting = waits.callKeys[waits.frames.findIndex(({ file }) => file !== '')];
      return waiting !== undefined && isNew(0) && callKeys.includes(waiting) ? 0 : -1;
    }
    const promising = this.#promising.get(waits);
    if (promising === undefined) return -1;
    return callKeys.findIndex((key, at) => promising.has(key) && isNew(at));
  }
}

function isOutcome(task: ChainTask): boolean {
  return kindOf(task) === 'outcome' && !isPassedOn(task);
}
