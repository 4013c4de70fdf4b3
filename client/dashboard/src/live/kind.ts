/** What a target's kind means for the page. Pure. */
import type { TargetKind } from '../../generated/graphql.ts';

/** Its tasks are goroutines; it has no event loop, and no request contexts. */
export function hasGoroutines(kind: TargetKind | null): boolean {
  return kind === 'GO' || kind === 'FILE';
}
