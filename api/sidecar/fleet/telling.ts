/** What an instance tells its fleet by itself: that it is there, how it fares, its history and its last words. */
import { createHash } from 'node:crypto';
import type { Diagnostics } from '../../diagnostics/types.ts';
import type { Health } from '../../health/finding.ts';
import { clockAheadMs } from '../../targets/fleet/engine/clock.ts';
import type { Command } from '../../targets/fleet/engine/command.ts';
import type { Engine } from '../../targets/fleet/engine/engine.ts';
import {
  type About,
  movedBy,
  writeAbout,
  writeHealth,
  writePulse,
} from '../../targets/fleet/wire/about.ts';
import { INSTANCES, keysOf, NEWS } from '../../targets/fleet/wire/names.ts';
import {
  joinPoints,
  POINT_FIELD,
  type StreamPoint,
  writePoint,
} from '../../targets/fleet/wire/points.ts';
import type { LastWords } from './last-words.ts';
import { createToldCaptures } from './told-captures.ts';

export interface TellingOptions {
  id: string;
  /** By the clock of this process. */
  about: About;
  engine: Engine;
  diagnostics: Pick<Diagnostics, 'history' | 'eventLoop' | 'captures'> & {
    /** As it was judged last; null before. */
    lastHealth(): Health | null;
    /** Judges again what is known. */
    checkHealth(): void;
  };
  lastWords: LastWords;
  historyMs: number;
  retentionMs: number;
}

export interface Telling {
  /** Points that were gone before they could be sent. */
  lostPoints(): number;
  /** Captures that were gone, or too large, before they could be sent. */
  lostCaptures(): number;
  /** From the next look on everything is told anew: the engine may have lost it. */
  tellAll(): void;
  /** Says that it leaves. Never rejects. */
  leave(): Promise<void>;
  /** Idempotent. */
  stop(): void;
}

/** What is told with one tick. */
interface Tidings {
  nowMs: number;
  /** Whether all that is kept of it is kept for longer from now on. */
  isRenewal: boolean;
  health: Health | null;
  revision: string;
  pulse: string;
  points: readonly (StreamPoint & { sequence: number })[];
  findings: string;
  isNews: boolean;
  /** Null where they are not due, or there are none. */
  lastWords: ReturnType<LastWords['read']>;
  /** Of the last minutes, as one; null where it is not due. */
  joined: StreamPoint | null;
}

/** Commands before those that tell points. */
const TOLD_BEFORE_POINTS = 3;
const LOOK_EVERY_MS = 1_000;
const LONGEST_TICK_MS = 10_000;
/** Three ticks are missed, and more. */
const PULSE_LASTS_MS = 35_000;
/** While the loop stands, its health is judged anew in every so many looks. */
const JUDGED_EVERY = 2;
/** However often its health changes. */
const SHORTEST_DISTANCE_MS = 2_000;
const RENEWED_EVERY_MS = 300_000;
const COARSE_EVERY_MS = 300_000;
const LAST_WORDS_EVERY_MS = 60_000;
const POINTS_AT_ONCE = 100;
const MOST_POINTS = 10_000;
const SHORTEST_INTERVAL_MS = 1_000;
const REVISION_CHARACTERS = 12;

export function startTelling(options: TellingOptions): Telling {
  const { id, about, engine, diagnostics, lastWords, historyMs, retentionMs } = options;
  const keys = keysOf(id);
  const tickMs = Math.min(Math.max(about.intervalMs, LOOK_EVERY_MS), LONGEST_TICK_MS);
  const intervalMs = Math.max(about.intervalMs, SHORTEST_INTERVAL_MS);
  const mostPoints = Math.min(Math.ceil(historyMs / intervalMs), MOST_POINTS);
  const mostCoarse = Math.min(Math.ceil(retentionMs / COARSE_EVERY_MS), MOST_POINTS);
  /** Its keys stay for a while longer than what is in them. */
  const keptSeconds = Math.ceil((retentionMs + RENEWED_EVERY_MS) / 1_000);

  const captures = createToldCaptures({ id, engine, captures: diagnostics.captures, keptSeconds });

  /** Of the engine's clock before this one; null before that is known. */
  let aheadMs: number | null = null;
  let sentSequence = 0;
  let lostPoints = 0;
  let coarse: StreamPoint[] = [];
  let looks = 0;
  let isSending = false;
  let isStopped = false;
  /** Negative infinity: to be told with the next tick. */
  let tickedAtMs = Number.NEGATIVE_INFINITY;
  let renewedAtMs = Number.NEGATIVE_INFINITY;
  let lastWordsAtMs = Number.NEGATIVE_INFINITY;
  let coarseAtMs = Date.now();
  let toldRevision = '';
  let toldFindings = '';

  function tellAll(): void {
    tickedAtMs = Number.NEGATIVE_INFINITY;
    renewedAtMs = Number.NEGATIVE_INFINITY;
    lastWordsAtMs = Number.NEGATIVE_INFINITY;
    toldRevision = '';
    captures.tellAll();
  }

  /** Those that were not sent yet. What is gone from the history meanwhile is lost. */
  function freshPoints(aheadMs: number): Tidings['points'] {
    const fresh = diagnostics.history().filter(({ sequence }) => sequence > sentSequence);
    const sent = fresh.slice(-POINTS_AT_ONCE);
    const first = sent[0]?.sequence ?? sentSequence + 1;
    lostPoints += first - sentSequence - 1;
    sentSequence = first - 1;
    return sent.map((point) => ({ ...point, timestampMs: point.timestampMs + aheadMs }));
  }

  async function tick(): Promise<void> {
    const nowMs = Date.now();
    const isRenewal = nowMs - renewedAtMs >= RENEWED_EVERY_MS;
    if (aheadMs === null || isRenewal) aheadMs = (await clockAheadMs(engine)) ?? aheadMs;
    if (aheadMs === null) return;
    const tidings = await gather(nowMs, aheadMs, isRenewal);
    const ofPoints = tidings.points.map((point) => addPoint(keys.points, mostPoints, point));
    const pointAnswers = { from: TOLD_BEFORE_POINTS, to: TOLD_BEFORE_POINTS + ofPoints.length };
    const commands: Command[] = [
      ['SADD', INSTANCES, id],
      ['SET', keys.pulse, tidings.pulse, 'PX', PULSE_LASTS_MS],
      // So short that it is told each time: whoever has spoiled it hides this instance no longer.
      ['SET', keys.about, aboutText(aheadMs), 'EX', keptSeconds],
      ...ofPoints,
      ['EXPIRE', keys.points, keptSeconds],
      ...(isRenewal ? renewal() : []),
      ...news(tidings, aheadMs),
    ];
    const answers = await engine.send(commands);
    await clearSpoiled(commands, answers);
    notePoints(tidings.points, answers.slice(pointAnswers.from, pointAnswers.to));
    if (!answers.some(isRefusal)) noteTold(tidings, { wasUnknown: answers[0] === 1 });
  }

  /** What is no list and no stream where one belongs, whoever has put it there, stands in the way for ever. */
  async function clearSpoiled(
    commands: readonly Command[],
    answers: readonly unknown[],
  ): Promise<void> {
    const spoiled = commands.flatMap(([, key], at) => (isWrongType(answers[at]) ? [key] : []));
    if (spoiled.length === 0) return;
    await engine.send([...new Set(spoiled)].map((key): Command => ['DEL', String(key)]));
    tellAll();
  }

  /** All that there is to be told now. */
  async function gather(nowMs: number, aheadMs: number, isRenewal: boolean): Promise<Tidings> {
    const health = diagnostics.lastHealth();
    const revision = health === null ? '' : revisionOf(health);
    const loop = await diagnostics.eventLoop();
    const points = freshPoints(aheadMs);
    const findings = findingsOf(health);
    const isNews = findings !== toldFindings;
    const areLastWordsDue = nowMs - lastWordsAtMs >= LAST_WORDS_EVERY_MS || isNews;
    const isCoarseDue = nowMs - coarseAtMs >= COARSE_EVERY_MS;
    return {
      nowMs,
      isRenewal,
      health,
      revision,
      pulse: writePulse({
        atMs: nowMs + aheadMs,
        status: health?.status ?? 'HEALTHY',
        sentence: health?.sentence ?? 'It has just begun.',
        healthRevision: revision,
        blockedForMs: loop.blockedForMs,
        doing: loop.sentence,
      }),
      points,
      findings,
      isNews,
      lastWords: areLastWordsDue ? lastWords.read() : null,
      joined: isCoarseDue ? joinPoints([...coarse, ...points]) : null,
    };
  }

  function addPoint(key: string, most: number, point: StreamPoint): Command {
    return ['XADD', key, 'MAXLEN', most, '*', POINT_FIELD, writePoint(point)];
  }

  function aboutText(aheadMs: number): string {
    return writeAbout({ ...about, startedAtMs: about.startedAtMs + aheadMs });
  }

  /** That nothing of it is to be forgotten yet. */
  function renewal(): Command[] {
    const { coarsePoints, health, lastWords } = keys;
    const kept = [INSTANCES, coarsePoints, health, lastWords, ...captures.keys()];
    return kept.map((key): Command => ['EXPIRE', key, keptSeconds]);
  }

  /** What has changed since it was told last, or is told seldom. */
  function news(tidings: Tidings, aheadMs: number): Command[] {
    const { health, revision, lastWords: packed, joined, isNews } = tidings;
    const commands: Command[] = [];
    // With its last words it is told again: what stands there may have been spoiled.
    if (health !== null && (revision !== toldRevision || packed !== null)) {
      commands.push(['SET', keys.health, writeHealth(movedBy(health, aheadMs)), 'EX', keptSeconds]);
    }
    if (packed !== null) commands.push(['SET', keys.lastWords, packed, 'EX', keptSeconds]);
    if (joined !== null) {
      commands.push(addPoint(keys.coarsePoints, mostCoarse, joined));
      commands.push(['EXPIRE', keys.coarsePoints, keptSeconds]);
    }
    if (isNews) commands.push(['PUBLISH', NEWS, id]);
    return commands;
  }

  /** Those from the first on that was refused are sent again. */
  function notePoints(points: Tidings['points'], answers: readonly unknown[]): void {
    const refused = answers.findIndex(isRefusal);
    const taken = refused < 0 ? points : points.slice(0, refused);
    sentSequence = taken.at(-1)?.sequence ?? sentSequence;
    coarse.push(...taken);
  }

  /** @param wasUnknown all that is known of this instance is gone, or was never there */
  function noteTold(tidings: Tidings, { wasUnknown }: { wasUnknown: boolean }): void {
    const { nowMs, isRenewal, revision, findings, joined } = tidings;
    if (wasUnknown && !isRenewal) {
      tellAll();
      return;
    }
    if (isRenewal) renewedAtMs = nowMs;
    if (tidings.lastWords !== null || lastWordsAtMs < 0) lastWordsAtMs = nowMs;
    toldRevision = revision;
    toldFindings = findings;
    if (joined === null) return;
    coarse = [];
    coarseAtMs = nowMs;
  }

  /** Looks whether there is something to be told. */
  function look(): void {
    const nowMs = performance.now();
    void judgeBlocked();
    if (aheadMs !== null && engine.status().isConnected) void captures.tell(aheadMs);
    const distanceMs =
      findingsOf(diagnostics.lastHealth()) === toldFindings
        ? tickMs
        : Math.min(SHORTEST_DISTANCE_MS, tickMs);
    if (isSending || isStopped || nowMs - tickedAtMs < distanceMs) return;
    if (!engine.status().isConnected) return;
    isSending = true;
    tickedAtMs = nowMs;
    // What could not be sent is tried again with the next tick.
    tick()
      .catch(() => {})
      .finally(() => {
        isSending = false;
      });
  }

  /** Nothing else judges a program whose loop stands. */
  async function judgeBlocked(): Promise<void> {
    const { blockedForMs } = await diagnostics.eventLoop();
    if (blockedForMs > 0 && looks++ % JUDGED_EVERY === 0) diagnostics.checkHealth();
  }

  const timer = setInterval(look, LOOK_EVERY_MS);
  timer.unref();

  function stop(): void {
    isStopped = true;
    clearInterval(timer);
  }

  return {
    lostPoints: () => lostPoints,
    lostCaptures: captures.lost,
    tellAll,
    stop,
    async leave() {
      stop();
      await engine
        .send([
          ['DEL', keys.pulse],
          ['PUBLISH', NEWS, id],
        ])
        .catch(() => {});
    },
  };
}

const isWrongType = (answer: unknown): boolean =>
  answer instanceof Error && answer.message.startsWith('WRONGTYPE');
const isRefusal = (answer: unknown): boolean => answer instanceof Error;

/** Sentences hold figures, which change all the time. */
function findingsOf(health: Health | null): string {
  return (health?.findings ?? []).map(({ id, severity }) => `${id} ${severity}`).join();
}

function revisionOf({ checkedAtMs: _, ...health }: Health): string {
  const text = JSON.stringify(health);
  return createHash('sha256').update(text).digest('base64url').slice(0, REVISION_CHARACTERS);
}
