import type { Answered } from '../../../core/answered.ts';
import type { EventLoopQuery } from '../../generated/graphql.ts';
import type { Point } from '../live/series.ts';
import { formatAge } from '../shared/format.ts';
import { placeName, responsibleFrame } from '../shared/frames.ts';
import type { Finding } from './finding.ts';

/** What the event loop was found doing, and when. */
export interface LoopEvidence extends Answered<EventLoopQuery> {
  /** When the answer came, in milliseconds of the page's clock. */
  receivedAtMs: number;
}

/** An answer older than this says less than the points, which the server sends by itself. */
const OUTDATED_AFTER_MS = 10_000;

/** The observed thread does not answer at the moment: because of what, where that is known. */
export function blockedFindings(
  points: readonly Point[],
  loop: LoopEvidence | null,
  nowMs: number,
  isRemote = false,
): Finding[] {
  if (loop === null || !isCurrent(loop, nowMs)) return silenceFindings(points, nowMs, isRemote);
  return loop.eventLoop.state === 'RESPONSIVE' ? [] : [stallFinding(loop, nowMs)];
}

function isCurrent(loop: LoopEvidence, nowMs: number): boolean {
  return loop.eventLoop.unwatchedReason === null && nowMs - loop.receivedAtMs < OUTDATED_AFTER_MS;
}

function stallFinding(loop: LoopEvidence, nowMs: number): Finding {
  const { state, blockedForMs } = loop.eventLoop;
  const age = formatAge((blockedForMs ?? 0) + Math.max(0, nowMs - loop.receivedAtMs));
  const lasting = loop.stalls.find((stall) => stall.durationMs === null);
  const evidence: Finding['evidence'] = {
    view: 'overview',
    ...(lasting === undefined ? { 'overview.chart': 'delay' } : { 'overview.stall': lasting.id }),
  };
  switch (state) {
    case 'PAUSED_BY_DEBUGGER':
      return { severity: 'warning', sentence: `Paused by a debugger for ${age}`, evidence };
    case 'READ_BY_PPROFQL':
      return { severity: 'unknown', sentence: `Held up by pprofql for ${age}`, evidence };
    default:
      return {
        severity: 'critical',
        sentence: `Not answering for ${age}: ${causeOf(loop.eventLoop)}`,
        evidence,
      };
  }
}

function causeOf({ state, stack }: Answered<EventLoopQuery>['eventLoop']): string {
  const frame = responsibleFrame(stack?.frames ?? []);
  const isNative = state === 'IN_NATIVE_CODE';
  if (frame === undefined) {
    return isNative ? 'stuck in native code' : 'the main thread is blocked';
  }
  const where = `${frame.function} (${placeName(frame)})`;
  return isNative ? `stuck in native code called by ${where}` : `stuck in ${where}`;
}

function silenceFindings(points: readonly Point[], nowMs: number, isRemote: boolean): Finding[] {
  const latest = points.at(-1);
  if (latest === undefined || latest.responding) return [];
  const lastAnswer = points.findLast((point) => point.responding) ?? points[0];
  const silentMs = nowMs - (lastAnswer ?? latest).timeMs;
  return [
    {
      severity: 'critical',
      sentence: `Not answering for ${formatAge(silentMs)}${isRemote ? '' : ': the main thread is blocked'}`,
      evidence: { view: 'overview', 'overview.chart': 'delay' },
    },
  ];
}
