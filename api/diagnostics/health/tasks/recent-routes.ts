/** What routes have served in the last minutes, out of figures that only count up. */
import type { RouteEvidence } from '../../../health/evidence/tasks.ts';
import type { RouteReading } from '../../../probe/readings/requests.ts';

type Recent = RouteEvidence['recent'];
type Sums = ReadonlyMap<string, { answered: number; answeredMs: number }>;

const LOOK_BACK_MS = 5 * 60_000;
const DISTANCE_MS = 15_000;

export interface RecentRoutes {
  /** Takes note of a read. @returns by route, since the first read, or what came before it as well */
  note(routes: readonly RouteReading[], atMs: number): ReadonlyMap<string, Recent>;
}

export function createRecentRoutes(): RecentRoutes {
  const kept: { atMs: number; sums: Sums }[] = [];
  return {
    note(routes, atMs) {
      const sums: Sums = new Map(
        routes.map(({ route, count, answeredMs }) => [route, { answered: count, answeredMs }]),
      );
      // One from before the time that is looked at stays, as what the others are compared with.
      while (kept.length > 1 && kept[1]!.atMs <= atMs - LOOK_BACK_MS) kept.shift();
      const base = kept[0] !== undefined && kept[0].atMs <= atMs - LOOK_BACK_MS ? kept[0] : null;
      if (atMs - (kept.at(-1)?.atMs ?? Number.NEGATIVE_INFINITY) >= DISTANCE_MS) {
        kept.push({ atMs, sums });
      }
      return new Map(
        [...sums].map(([route, { answered, answeredMs }]) => {
          const before = base?.sums.get(route);
          const count = answered - (before?.answered ?? 0);
          const ms = answeredMs - (before?.answeredMs ?? 0);
          return [route, { count, meanMs: count > 0 ? ms / count : 0 }];
        }),
      );
    },
  };
}
