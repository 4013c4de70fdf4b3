/** Go's profiles that count by stack, as the page calls them. Pure. */
import type { StackProfileKind } from '../../generated/graphql.ts';

export const STACK_KINDS = ['BLOCK', 'MUTEX', 'THREADCREATE', 'GOROUTINELEAK'] as const;

interface StackKindWords {
  label: string;
  /** What is counted, one of it. */
  noun: string;
  title: string;
  /** What the root of its flame graph stands for. */
  rootLabel: string;
  /** What makes Go fill it. */
  hint: string;
}

export const STACK_KIND_WORDS: Readonly<Record<StackProfileKind, StackKindWords>> = {
  BLOCK: {
    label: 'Waited',
    noun: 'wait',
    title: 'Waits for locks and channels by stack',
    rootLabel: 'All waits for locks and channels',
    hint: 'Go records them once runtime.SetBlockProfileRate is set.',
  },
  MUTEX: {
    label: 'Made wait',
    noun: 'wait',
    title: 'Holders of locks that made others wait, by stack',
    rootLabel: 'All waits that holders of locks caused',
    hint: 'Go records them once runtime.SetMutexProfileFraction is set.',
  },
  THREADCREATE: {
    label: 'Threads',
    noun: 'thread',
    title: 'Threads of the operating system by the stack that started them',
    rootLabel: 'All threads',
    hint: 'Recent Go tells no stack for most of them.',
  },
  GOROUTINELEAK: {
    label: 'Leaked',
    noun: 'goroutine',
    title: 'Goroutines that nothing can wake any more, by stack',
    rootLabel: 'All leaked goroutines',
    hint: 'Go tells them from 1.27 on; each read collects garbage.',
  },
};
