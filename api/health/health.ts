/** All rules on the evidence of one target: what is wrong, worst first, in one sentence each. Pure. */
import { createHash } from 'node:crypto';
import { listed } from '../base/text/list.ts';
import { lineKey } from '../profile/line-key.ts';
import { clearedSince } from './cleared.ts';
import { goCrash, goRecovered } from './detectors/go/crash.ts';
import { dataRace } from './detectors/go/data-race.ts';
import { databasePool } from './detectors/go/database-pool.ts';
import { allAsleep, lockCircle } from './detectors/go/deadlock.ts';
import { goroutineCrowd } from './detectors/go/goroutine-crowd.ts';
import { lockContention } from './detectors/go/lock-contention.ts';
import { openBodies } from './detectors/go/open-bodies.ts';
import { blockedLoop } from './detectors/loop/blocked-loop.ts';
import { busyThread } from './detectors/loop/busy-thread.ts';
import { cpuStarved } from './detectors/loop/cpu-starved.ts';
import { delayedLoop } from './detectors/loop/delayed-loop.ts';
import { lateLoop } from './detectors/loop/late-loop.ts';
import { isSilentTarget, notAnswering } from './detectors/loop/not-answering.ts';
import { stoodStill } from './detectors/loop/stood-still.ts';
import { expensiveCollection } from './detectors/memory/expensive-collection.ts';
import { heapGrowth } from './detectors/memory/heap-growth.ts';
import { listenerGrowth } from './detectors/memory/listener-growth.ts';
import { nearHeapLimit } from './detectors/memory/near-heap-limit.ts';
import { externalMemoryGrowth } from './detectors/outside/external-memory-growth.ts';
import { handleGrowth } from './detectors/outside/handle-growth.ts';
import { nativeMemoryGrowth } from './detectors/outside/native-memory-growth.ts';
import { openFileGrowth } from './detectors/outside/open-file-growth.ts';
import { threadGrowth } from './detectors/outside/thread-growth.ts';
import { keepsAlive } from './detectors/process/keeps-alive.ts';
import { previousRunDied } from './detectors/process/previous-run.ts';
import { threadPoolSaturated } from './detectors/process/thread-pool.ts';
import { requestDeadlock } from './detectors/requests/deadlock.ts';
import { hungRequestsDetector } from './detectors/requests/hung-requests.ts';
import { poolExhausted } from './detectors/requests/pool-exhausted.ts';
import { queuedRoute } from './detectors/requests/queued-route.ts';
import { slowRoute } from './detectors/requests/slow-route.ts';
import { leftBehind } from './detectors/tasks/left-behind.ts';
import { stuckRequests } from './detectors/tasks/stuck-requests.ts';
import { taskGrowth } from './detectors/tasks/task-growth.ts';
import { busyWorker } from './detectors/threads/busy-worker.ts';
import { ofThread } from './detectors/threads/of-thread.ts';
import { stuckThread } from './detectors/threads/stuck-thread.ts';
import type { Evidence } from './evidence/evidence.ts';
import {
  type Detection,
  type Detector,
  type Finding,
  type FindingKind,
  HEALTH_STATUSES,
  type Health,
  TOO_EARLY,
} from './finding.ts';
import { lingeringFindings } from './lingering.ts';

/**
 * Of one severity, those of an earlier rank come first. Of one rank, what grew most in proportion:
 * that runs into its limit first.
 */
const RANKS: readonly (readonly Detector[])[] = [
  [notAnswering],
  [goCrash, goRecovered],
  [allAsleep],
  [lockCircle],
  ...dataRace.map((detector) => [detector]),
  ...lockContention.map((detector) => [detector]),
  [databasePool],
  [blockedLoop],
  [listenerGrowth, taskGrowth, heapGrowth],
  [handleGrowth, openFileGrowth, threadGrowth, externalMemoryGrowth, nativeMemoryGrowth],
  [leftBehind],
  [goroutineCrowd, openBodies],
  [requestDeadlock, poolExhausted],
  [hungRequestsDetector, stuckRequests],
  [threadPoolSaturated],
  [stoodStill],
  [delayedLoop],
  [busyThread],
  [cpuStarved],
  [queuedRoute],
  [slowRoute],
  [lateLoop],
  [keepsAlive],
  [expensiveCollection],
  [nearHeapLimit],
  [previousRunDied],
];

/** Of a worker thread, whose work is to be busy for others. */
const RANKS_OF_THREAD: readonly (readonly Detector[])[] = [
  [stuckThread],
  [ofThread(heapGrowth)],
  [busyWorker],
  [ofThread(nearHeapLimit)],
];

const ID_CHARACTERS = 16;

export interface AssessOptions {
  /** Name of the target, so that findings of two do not share an id. */
  target: string;
  /** The assessment before: what it found already keeps its beginning. @default none */
  before?: Health | null;
  /** What is wrong with its parts, such as its worker threads, each named in its sentence. @default nothing */
  ofParts?: readonly Finding[];
}

export function assessHealth(
  evidence: Evidence,
  { target, before = null, ofParts = [] }: AssessOptions,
): Health {
  const lasting = before?.findings.filter(({ ended }) => ended === undefined);
  const known = new Map(lasting?.map((finding) => [finding.id, finding]));
  // Its last figures say nothing of a target that does not answer.
  const isSilent = isSilentTarget(evidence);
  const ranks = isSilent ? [[notAnswering]] : ranksFor(evidence);
  const ranked: Ranked[] = [];
  const hiding: ((other: Finding) => boolean)[] = [];
  const open = new Set<string>();
  for (const [rank, detectors] of ranks.entries()) {
    for (const detector of detectors) {
      const told = toldBy(detector, evidence, target);
      if (told === TOO_EARLY) open.add(detector.question);
      else if (told !== null) {
        const { found, finding } = told;
        const sinceMs = known.get(finding.id)?.sinceMs ?? finding.sinceMs;
        const { grownShare = 0 } = found;
        const { isExplainedBy = [] } = detector;
        ranked.push({ finding: { ...finding, sinceMs }, rank, grownShare, isExplainedBy });
        hiding.push((other) => detector.hides?.(found, other) ?? false);
      }
    }
  }
  for (const finding of ofParts) {
    ranked.push({ finding, rank: ranks.length, grownShare: 0, isExplainedBy: [] });
  }
  const findings = ranked
    .filter(({ finding }) => !hiding.some((hides) => hides(finding)))
    .filter(({ isExplainedBy }) => !isExplained(isExplainedBy, ranked))
    .sort(byWeight)
    .map(({ finding }) => finding);
  // What is told of another process, or in a dump, is of one moment.
  if (!isSilent && evidence.kind === 'NODE') {
    const lingering = lingeringFindings(before, findings, evidence.nowMs);
    const worse = findings.filter(({ severity }) => severity !== 'NOTICE').length;
    findings.splice(worse, 0, ...lingering);
  }
  const [worst] = findings;
  const judged = { findings, checkedAtMs: evidence.nowMs };
  return {
    status: worst?.severity ?? 'HEALTHY',
    sentence: worst?.sentence ?? healthySentence(evidence, [...open]),
    ...judged,
    tooEarly: [...open],
    cleared: isSilent ? (before?.cleared ?? []) : clearedSince(before, judged),
  };
}

/** One that fails, by evidence that nobody has thought of, must not take the others with it. */
function toldBy(
  detector: Detector,
  evidence: Evidence,
  target: string,
): { found: Detection; finding: Finding } | typeof TOO_EARLY | null {
  try {
    const found = detector.check(evidence);
    if (found === null || found === TOO_EARLY) return found;
    return { found, finding: findingOf(detector, found, { target, nowMs: evidence.nowMs }) };
  } catch {
    return null;
  }
}

function ranksFor({ thread }: Evidence): typeof RANKS {
  return thread == null ? RANKS : RANKS_OF_THREAD;
}

interface Ranked {
  finding: Finding;
  /** Index in `RANKS`. */
  rank: number;
  grownShare: number;
  isExplainedBy: readonly FindingKind[];
}

function isExplained(by: readonly FindingKind[], ranked: readonly Ranked[]): boolean {
  return ranked.some(({ finding }) => finding.culprit !== null && by.includes(finding.kind));
}

function byWeight(a: Ranked, b: Ranked): number {
  return (
    severityRank(b.finding) - severityRank(a.finding) ||
    a.rank - b.rank ||
    b.grownShare - a.grownShare
  );
}

function severityRank({ severity }: Finding): number {
  return HEALTH_STATUSES.indexOf(severity);
}

function findingOf(
  detector: Detector,
  found: Detection,
  { target, nowMs }: { target: string; nowMs: number },
): Finding {
  const { name, kind } = detector;
  const { severity, sinceMs = nowMs, culprit = null, stack = [], routes = [] } = found;
  return {
    id: createHash('sha256')
      .update([target, name, lineKey(culprit)].join('\n'))
      .digest('hex')
      .slice(0, ID_CHARACTERS),
    kind,
    severity,
    sinceMs,
    sentence: detector.sentence(found),
    culprit,
    stack,
    routes,
    count: found.count ?? null,
    bytes: found.bytes ?? null,
    nextStep: detector.nextStep(found),
  };
}

/** @param open what it is too early to tell */
function healthySentence(evidence: Evidence, open: readonly string[]): string {
  const { kind, points } = evidence;
  if (kind === 'FILE') return sentenceOfFiles(evidence);
  if (points.length === 0) return 'Too early to tell: no figures have come yet.';
  if (open.length === 0) return 'Healthy.';
  return `Healthy so far; it is too early to tell whether ${listed(open)}.`;
}

/** A few are listed as potentially stuck that are no finding by themselves. */
function sentenceOfFiles({ tasks }: Evidence): string {
  const stuck = (tasks ?? []).reduce((sum, { stuckCount }) => sum + stuckCount, 0);
  if (stuck === 0) return 'Nothing in these files looks stuck.';
  const told = stuck === 1 ? '1 goroutine is' : `${stuck} goroutines are`;
  return `Nothing is found to be wrong, though ${told} potentially stuck.`;
}
