/** What lives outside the heap, as a test needs it: levels that are given in a row, and who made what. */
import type { MadeEvidence, OutsideEvidence, OutsideLevel } from '../evidence/outside.ts';
import { type Detector, TOO_EARLY } from '../finding.ts';
import { aFrame, evidenceOf, NOW_MS } from './evidence.ts';

const LEVEL_EVERY_MS = 10_000;

export function aLevel(given: Partial<OutsideLevel> = {}): OutsideLevel {
  return {
    atMs: NOW_MS,
    arrayBuffersBytes: 1e6,
    nativeBytes: 1e6,
    restBytes: 40e6,
    handles: { TCPServerWrap: 1 },
    descriptors: 30,
    workers: 0,
    ...given,
  };
}

/** One each ten seconds, the last of them now: `steps(13, (n) => ({ workers: n }))`. */
export function levelsOf(
  count: number,
  level: (index: number) => Partial<OutsideLevel>,
): OutsideLevel[] {
  return Array.from({ length: count }, (_, index) =>
    aLevel({ atMs: NOW_MS - (count - 1 - index) * LEVEL_EVERY_MS, ...level(index) }),
  );
}

/** Forty made and kept by one line of the program, as long as nothing else is given. */
export function aMade(given: Partial<MadeEvidence> = {}): MadeEvidence {
  return {
    kind: 'BUFFER',
    frames: [aFrame('keep', '/app/src/keep.ts', 5)],
    settled: 40,
    kept: 40,
    keptBytes: 0,
    idle: null,
    records: 40,
    oldestAtMs: NOW_MS - 80_000,
    newestAtMs: NOW_MS - 20_000,
    isRepeating: false,
    toItself: 0,
    ...given,
  };
}

export function outsideOf(given: Partial<OutsideEvidence> = {}): OutsideEvidence {
  return {
    levels: levelsOf(13, () => ({})),
    made: [],
    buffersWatched: { sinceMs: NOW_MS - 80_000, untilMs: NOW_MS - 20_000 },
    openFiles: [],
    cores: 2,
    ...given,
  };
}

/** `SEVERITY: sentence → next step`, `TOO_EARLY`, or nothing. */
export function told(detector: Detector, given: Partial<OutsideEvidence>): string | null {
  const found = detector.check(evidenceOf({ outside: outsideOf(given) }));
  if (found === null || found === TOO_EARLY) return found;
  return `${found.severity}: ${detector.sentence(found)} → ${detector.nextStep(found)}`;
}
