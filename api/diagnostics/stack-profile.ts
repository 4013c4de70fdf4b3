/** Go's profiles that count by stack: who waited for locks, who has started threads, what is leaked for ever. */
import type { Frame } from '../profile/profile.ts';

export type StackProfileKind = 'MUTEX' | 'BLOCK' | 'THREADCREATE' | 'GOROUTINELEAK';

export interface StackProfile {
  readAtMs: number;
  /** Of all stacks. */
  count: number;
  /** Null where no time was measured. */
  delayNs: number | null;
  /** Longest delay first, or most of them. */
  rows: readonly { count: number; delayNs: number | null; frames: readonly Frame[] }[];
}
