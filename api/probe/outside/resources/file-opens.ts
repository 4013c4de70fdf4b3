/**
 * Who opens files: Node makes a file handle once the file is open, on nobody's behalf, and the request
 * that asked for it tells nothing of it. The oldest open that is still under way is taken for it.
 */
import { OwnWeakRef } from '../../../base/builtins.ts';
import { livenessOf } from '../../tasks/records/liveness.ts';
import type { StackHolder, StackStore, TakenStack } from '../../tasks/stack-store.ts';

/** The async_hooks type of what asks. */
export const FILE_REQUEST = 'FSREQPROMISE';

export interface FileOpens {
  /** A request was made, of which nobody knows yet what for. */
  note(request: object, holder: StackHolder): void;
  /** Whoever has asked for the file that was opened just now; null where nobody knows. */
  takeOldest(): TakenStack | null;
  clear(): void;
}

interface Asked {
  request: WeakRef<{ promise?: object }>;
  holder: StackHolder;
}

const MOST = 200;
const OPENS = /(?:^|\.)open$/;

export function createFileOpens(stacks: StackStore): FileOpens {
  let asked: Asked[] = [];

  return {
    note(request, holder) {
      if (asked.length >= MOST) asked.shift();
      asked.push({ request: new OwnWeakRef(request), holder });
    },
    takeOldest() {
      asked = asked.filter(({ request }) => isUnderWay(request.deref()?.promise));
      for (const [index, { holder }] of asked.entries()) {
        const stack = stacks.formatDeep(holder);
        if (!OPENS.test(stack.frames[0]?.function ?? '')) continue;
        asked.splice(index, 1);
        return stack;
      }
      return null;
    },
    clear() {
      asked = [];
    },
  };
}

function isUnderWay(promise: object | undefined): boolean {
  return promise !== undefined && livenessOf(0, 'PROMISE', promise).isAlive;
}
