/**
 * Keeps the health of a target up to date: at every point of its history, at the beginning and end
 * of a stall, and when somebody asks.
 *
 * With nobody asking, a point costs some ten comparisons of figures that are known anyway, and only
 * what they make suspect is read. Tasks are read for those who ask, or who follow the changes, and not
 * more often than they were read for the page.
 */
import { harmless } from '../../base/harmless.ts';
import { type Hurry, withDeadline } from '../../base/waiting/deadline.ts';
import { createWakers } from '../../base/waiting/wakers.ts';
import type { Evidence } from '../../health/evidence/evidence.ts';
import type { Finding, Health } from '../../health/finding.ts';
import { assessHealth } from '../../health/health.ts';

export interface HealthKeeperOptions {
  /** Name of the target. */
  target: string;
  /** What is known now. */
  evidence: () => Omit<Evidence, 'nowMs'>;
  /** What the target has found out by itself, in the place of a judgment here. @default nothing */
  toldHealth?: () => Health | null;
  /** What is wrong with its parts. @default nothing */
  ofParts?: () => readonly Finding[];
  /** Reads what only tells itself when asked, where what is known is too old. Never rejects. */
  refresh: () => Promise<void>;
  /** Reads what a point has made suspect, with nobody asking. Never rejects. @default nothing */
  suspect?: () => Promise<void>;
  /** Gives something whenever a point of the history was taken, until the signal fires. */
  points: (signal: AbortSignal) => AsyncIterable<unknown>;
  /** Follows the points with nobody asking; they are taken anyway. */
  isAlwaysKept: boolean;
  /** Told of each judgment; what it throws is lost. @default nobody is told */
  onJudged?: (health: Health, isChanged: boolean) => void;
}

export interface HealthKeeper {
  health(): Promise<Health>;
  /** The health at once, then whenever it has changed; a slow reader gets the latest alone. */
  healthChanges(options?: { signal?: AbortSignal }): AsyncGenerator<Health>;
  /** As last judged; null before. */
  known(): Health | null;
  /** Judges again what is known now, because a stall has begun or ended. */
  check(): void;
  /** What was judged last; null before. */
  last(): Health | null;
  /** Ends every subscription. Idempotent. */
  stop(): void;
}

/** While a stall lasts no point may come for long: then its figures are told as often as this. */
const STALL_CHECK_MS = 2_000;
/** A subscription begins with what is known by then. */
const FIRST_WITHIN_MS = 1_000;

export function createHealthKeeper(options: HealthKeeperOptions): HealthKeeper {
  const subscriptions = createWakers();
  let last: Health | null = null;
  /** Counts the changes, so that each subscriber knows whether it has seen the latest. */
  let changes = 0;
  let subscribers = 0;
  let following: AbortController | null = null;
  let stallTimer: NodeJS.Timeout | undefined;
  let isStopped = false;

  function judge(): Health {
    const health = options.toldHealth?.() ?? assess();
    const isChanged = last === null || isDifferent(last, health);
    last = health;
    if (isChanged) {
      changes += 1;
      subscriptions.wakeAll();
    }
    checkStallLater(health);
    tell(health, isChanged);
    return health;
  }

  const tell = harmless((health: Health, isChanged: boolean) =>
    options.onJudged?.(health, isChanged),
  );

  function assess(): Health {
    const evidence = { ...options.evidence(), nowMs: Date.now() };
    const { target, ofParts } = options;
    return assessHealth(evidence, { target, before: last, ofParts: ofParts?.() ?? [] });
  }

  /** Called by timers and listeners, where a fault would end the thread: what is known stays as it is. */
  function check(): void {
    try {
      if (!isStopped) judge();
    } catch {}
  }

  function checkStallLater({ findings }: Health): void {
    clearTimeout(stallTimer);
    if (isStopped || subscribers === 0) return;
    if (!findings.some(({ kind }) => kind === 'BLOCKED_LOOP')) return;
    stallTimer = setTimeout(check, STALL_CHECK_MS);
    stallTimer.unref();
  }

  async function health(): Promise<Health> {
    await options.refresh();
    return judge();
  }

  async function followPoints(signal: AbortSignal): Promise<void> {
    for await (const _point of options.points(signal)) {
      if (subscribers > 0) await options.refresh();
      await options.suspect?.();
      check();
    }
  }

  function followWhereWanted(): void {
    const isWanted = !isStopped && (options.isAlwaysKept || subscribers > 0);
    if (isWanted === (following !== null)) return;
    if (following !== null) {
      following.abort();
      following = null;
      return;
    }
    following = new AbortController();
    // Without its points health is still given to those who ask.
    followPoints(following.signal).catch(() => {});
  }

  async function* healthChanges({ signal }: { signal?: AbortSignal } = {}): AsyncGenerator<Health> {
    subscribers += 1;
    followWhereWanted();
    try {
      const refreshed = options.refresh().then(check);
      await withDeadline(refreshed, FIRST_WITHIN_MS, () => {}, whenAborted(signal));
      let seen = -1;
      while (!isStopped && !signal?.aborted) {
        if (seen === changes) {
          await subscriptions.nextChange(signal);
          continue;
        }
        const latest = last ?? judge();
        seen = changes;
        yield latest;
      }
    } finally {
      subscribers -= 1;
      followWhereWanted();
    }
  }

  followWhereWanted();

  return {
    health,
    healthChanges,
    known: () => last,
    check,
    last: () => last,
    stop() {
      isStopped = true;
      clearTimeout(stallTimer);
      followWhereWanted();
      subscriptions.end();
    },
  };
}

function whenAborted(signal: AbortSignal | undefined): Hurry {
  return (listener) => {
    signal?.addEventListener('abort', listener);
    return () => signal?.removeEventListener('abort', listener);
  };
}

/** Whether somebody who has read the one learns something from the other. */
function isDifferent(a: Health, b: Health): boolean {
  return (
    a.sentence !== b.sentence ||
    a.findings.length !== b.findings.length ||
    a.findings.some(({ id, severity, sentence }, index) => {
      const other = b.findings[index];
      return id !== other?.id || severity !== other.severity || sentence !== other.sentence;
    })
  );
}
