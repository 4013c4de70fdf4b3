/**
 * What lives outside the heap, as evidence. With nothing suspect it takes note of figures that are
 * read anyway; once something rises from point to point, it has the observed thread see who makes such
 * things, for a while, and reads what is kept of them.
 */
import type { MadeEvidence, OutsideEvidence } from '../../../health/evidence/outside.ts';
import type { RemoteProbe } from '../../../link/probe-link.ts';
import type { FiguresReading } from '../../../probe/readings/figures.ts';
import type { OutsideReading } from '../../../probe/readings/memory/outside.ts';
import { createLevelRecord } from './levels.ts';
import { readOpenFiles } from './open-files.ts';
import { descriptorsRise, type Suspicion, suspicionOf } from './suspicion.ts';

export interface OutsideSourceOptions {
  probe: Pick<RemoteProbe, 'watchOutside' | 'readOutside' | 'collectGarbage'>;
  lastFigures: () => FiguresReading | null;
  /** Brings the stacks to where the code was written. */
  locate: (reading: OutsideReading) => Promise<OutsideReading>;
  /** What of the process pprofql's own thread holds. */
  ownBytes: () => number;
  cores: number;
  /** @default 15 seconds, after which what is used briefly is over */
  settledMs?: number;
}

export interface OutsideSource {
  evidence(): OutsideEvidence;
  /** After each point, with nobody asking. Never rejects. */
  suspect(): Promise<void>;
}

const KINDS = ['buffers', 'objects', 'handles'] as const;

const SETTLED_MS = 15_000;
/** How long the making is watched, and how soon it is again while something still rises. */
const WATCH_MS = 90_000;
const WATCH_AGAIN_MS = 3 * 60_000;
/** The same where the last watch has found somebody. */
const WATCH_KNOWN_AGAIN_MS = 10 * 60_000;
const MANY_KEPT = 8;
/** What was read is true for as long as somebody looks whether it is still there. */
const READ_FOR_MS = 15 * 60_000;
/** A leak may come without a single collection; then one is asked for, but not more often than this. */
const COLLECT_AGAIN_MS = 5 * 60_000;
/** So long after descriptors last rose it is told which files are open. */
const FILES_FOR_MS = 2 * 60_000;

export function createOutsideSource(options: OutsideSourceOptions): OutsideSource {
  const { probe, settledMs = SETTLED_MS } = options;
  const record = createLevelRecord(options.ownBytes);
  const watchedAtMs: Record<keyof Suspicion, number> = {
    buffers: Number.NEGATIVE_INFINITY,
    objects: Number.NEGATIVE_INFINITY,
    handles: Number.NEGATIVE_INFINITY,
  };
  /** When a collection was last asked for, and when there was one. */
  let askedAtMs = Number.NEGATIVE_INFINITY;
  let collectedAtMs = Number.NEGATIVE_INFINITY;
  let made: readonly MadeEvidence[] = [];
  let buffersWatched: OutsideEvidence['buffersWatched'] = null;
  let openFiles: OutsideEvidence['openFiles'] = [];
  let descriptorsRoseAtMs = Number.NEGATIVE_INFINITY;
  let isReading = false;

  async function suspect(): Promise<void> {
    const figures = options.lastFigures();
    if (figures === null || isReading) return;
    record.note(figures);
    isReading = true;
    try {
      await look(Date.now(), figures.workers > 0);
    } catch {
      // What is known stays as it is until the next point.
    } finally {
      isReading = false;
    }
  }

  async function look(nowMs: number, hasWorkers: boolean): Promise<void> {
    if (descriptorsRise(record.levels())) descriptorsRoseAtMs = nowMs;
    openFiles = nowMs - descriptorsRoseAtMs < FILES_FOR_MS ? await readOpenFiles() : [];
    await watch(suspicionOf(record.levels()), nowMs);
    const sinceMs = Math.max(...Object.values(watchedAtMs));
    if (!hasWorkers && nowMs - sinceMs > READ_FOR_MS) {
      made = [];
      return;
    }
    await collectWhereNeeded(nowMs);
    const reading = await options.locate(await probe.readOutside({ settledMs }));
    const { takenAtMs, stacks } = reading;
    collectedAtMs = reading.collectedAtMs ?? collectedAtMs;
    made = reading.made.map(({ stack, ...each }) => ({ ...each, frames: stacks[stack] ?? [] }));
    const untilMs = Math.min(
      takenAtMs - settledMs,
      watchedAtMs.buffers + WATCH_MS,
      reading.collectedAtMs ?? 0,
    );
    // Of a watch that has only just begun nothing is known: what the one before has found stands until then.
    if (untilMs > watchedAtMs.buffers) buffersWatched = { sinceMs: watchedAtMs.buffers, untilMs };
  }

  async function watch(wanted: Suspicion, nowMs: number): Promise<void> {
    const isKnown = made.some(({ kind, kept }) => kind !== 'WORKER' && kept >= MANY_KEPT);
    const againMs = isKnown ? WATCH_KNOWN_AGAIN_MS : WATCH_AGAIN_MS;
    const isDue = (name: keyof Suspicion) => wanted[name] && nowMs - watchedAtMs[name] > againMs;
    const due = KINDS.filter(isDue);
    if (due.length === 0) return;
    for (const name of due) watchedAtMs[name] = nowMs;
    const isOn = (name: keyof Suspicion) => nowMs - watchedAtMs[name] < WATCH_MS;
    await probe.watchOutside({
      buffers: isOn('buffers'),
      resources: isOn('objects') || isOn('handles'),
      forMs: WATCH_MS,
    });
  }

  /** Once what was made can be told from garbage. Handles need no collection: they are open or closed. */
  async function collectWhereNeeded(nowMs: number): Promise<void> {
    const sinceMs = Math.max(watchedAtMs.buffers, watchedAtMs.objects);
    const isDue = nowMs - sinceMs > 2 * settledMs && nowMs - askedAtMs > COLLECT_AGAIN_MS;
    if (!isDue || nowMs - sinceMs > WATCH_MS || collectedAtMs > sinceMs + settledMs) return;
    // One that is refused, as while the pause budget is spent, is asked for again at the next point.
    await probe.collectGarbage().then(
      () => {
        askedAtMs = nowMs;
      },
      () => {},
    );
  }

  return {
    evidence: () => ({
      levels: record.levels(),
      made,
      buffersWatched,
      openFiles,
      cores: options.cores,
    }),
    suspect,
  };
}
