/** What can be watched through this page, and how each of it fares. */
import { type TargetFragment, TargetsDocument } from '../../generated/graphql.ts';
import type { Link } from '../connection/link.ts';
import { createStore, type Store } from '../state/store.ts';

/** Asked of pprofql itself, not of the targets: it costs them nothing. */
const REFRESH_MS = 5_000;

/** @returns the targets, the default one first; empty before the first answer */
export function followTargets(link: Link): Store<readonly TargetFragment[]> {
  const state = createStore<readonly TargetFragment[]>([]);

  async function refresh(): Promise<void> {
    try {
      state.set((await link.ask(TargetsDocument, {})).targets);
      link.reportLive();
    } catch {
      // The link tells what is wrong, and the list stays as it was.
    }
  }

  /** Worker threads and child processes come and go. */
  function refreshWhereSeen(): void {
    if (document.visibilityState === 'visible') void refresh();
  }

  let { connection, phase } = link.state.get();
  link.state.subscribe(() => {
    const now = link.state.get();
    const isRenewed = now.connection !== connection;
    const isLateAnswer = now.phase === 'live' && phase !== 'live' && state.get().length === 0;
    ({ connection, phase } = now);
    if (isRenewed || isLateAnswer) void refresh();
  });
  setInterval(refreshWhereSeen, REFRESH_MS);
  void refresh();
  return state;
}

/** @param name null for the default one; null too where the list does not have it (yet) */
export function findTarget(
  targets: readonly TargetFragment[],
  name: string | null,
): TargetFragment | null {
  const found = name === null ? targets[0] : targets.find((target) => target.name === name);
  return found ?? null;
}
