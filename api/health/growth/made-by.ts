/** Which line of the program made what is kept outside the heap. */
import { lineKey } from '../../profile/line-key.ts';
import type { Frame } from '../../profile/profile.ts';
import type { MadeEvidence } from '../evidence/outside.ts';
import { culpritOf } from '../words.ts';

/** What one line made, of one kind; several stacks may lead to it. */
export interface MadeBy extends MadeEvidence {
  /** Null where no frame is the program's own. */
  culprit: Frame | null;
}

/** Most of what `amountOf` counts first. What came on nobody's behalf, as a client's socket, is nobody's. */
export function madeByLine(
  made: readonly MadeEvidence[],
  amountOf: (each: MadeEvidence) => number,
): MadeBy[] {
  const lines = new Map<string, MadeBy>();
  const ofSomebody = made.filter(({ frames }) => frames.length > 0);
  for (const each of ofSomebody.sort((a, b) => amountOf(b) - amountOf(a))) {
    const culprit = culpritOf(each.frames);
    const key = `${each.kind} ${each.isRepeating} ${lineKey(culprit ?? each.frames[0])}`;
    const known = lines.get(key);
    lines.set(key, known === undefined ? { ...each, culprit } : together(known, each));
  }
  return [...lines.values()].sort((a, b) => amountOf(b) - amountOf(a));
}

function together(a: MadeBy, b: MadeEvidence): MadeBy {
  return {
    ...a,
    settled: a.settled + b.settled,
    kept: a.kept + b.kept,
    keptBytes: a.keptBytes + b.keptBytes,
    idle: a.idle === null && b.idle === null ? null : (a.idle ?? 0) + (b.idle ?? 0),
    toItself: a.toItself + b.toItself,
    records: a.records + b.records,
    oldestAtMs: least(a.oldestAtMs, b.oldestAtMs),
    newestAtMs: most(a.newestAtMs, b.newestAtMs),
  };
}

function least(a: number | null, b: number | null): number | null {
  return a === null || b === null ? (a ?? b) : Math.min(a, b);
}

function most(a: number | null, b: number | null): number | null {
  return a === null || b === null ? (a ?? b) : Math.max(a, b);
}
