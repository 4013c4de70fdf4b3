/** What a target's kind means for the page. Pure. */
import type { TargetKind } from '../../generated/graphql.ts';

/** Its tasks are goroutines; it has no event loop, and no request contexts. */
export function isOfGo(kind: TargetKind | null): boolean {
  return kind === 'GO' || kind === 'FILE';
}

/** What one of its tasks is called: `plural(3, taskNoun(kind))`. */
export function taskNoun(kind: TargetKind | null): 'task' | 'goroutine' {
  return isOfGo(kind) ? 'goroutine' : 'task';
}
