/** Made once per page: the connection, and what is known of each target that was looked at. */
import type { TargetFragment } from '../../generated/graphql.ts';
import { createLink, type Link } from '../connection/link.ts';
import type { Store } from '../state/store.ts';
import { createObservatory, type Observatory } from './observatory.ts';
import { followTargets } from './targets.ts';

export interface Page {
  link: Link;
  /** The default one first; empty before the first answer. */
  targets: Store<readonly TargetFragment[]>;
  /** The same object each time, so that a target is found as it was left. */
  observatoryOf(target: string | null): Observatory;
}

export function createPage(url: string): Page {
  const link = createLink(url);
  const targets = followTargets(link);
  const observatories = new Map<string | null, Observatory>();
  function observatoryOf(target: string | null): Observatory {
    const known = observatories.get(target) ?? createObservatory(link, targets, target);
    observatories.set(target, known);
    return known;
  }
  return { link, targets, observatoryOf };
}
