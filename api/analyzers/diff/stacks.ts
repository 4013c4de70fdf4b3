/** Which stacks waited more than before, and which less, in two tables that count by stack. */
import type { Frame } from '../../profile/profile.ts';
import { compareText } from '../frame-order.ts';
import { TABLE_ROWS } from '../largest.ts';
import { type Change, type ChangeTables, changeOf, changeTables } from './diff.ts';

/** How often, and for how long. */
export interface Waited {
  count: number;
  /** Null where no time was measured. */
  delayNs: number | null;
}

export interface CountedStack extends Waited {
  /** Top frame first. */
  frames: Frame[];
}

export interface StackDiffRow {
  /** Top frame first. */
  frames: Frame[];
  change: Change;
  base: Waited;
  to: Waited;
  countDelta: number;
  delayNsDelta: number | null;
}

/** Joins on the whole stack, and only then cuts. Order: most growth of the delay, then of the count. */
export function diffStacks(
  base: readonly CountedStack[],
  to: readonly CountedStack[],
  { limit = TABLE_ROWS }: { limit?: number } = {},
): ChangeTables<StackDiffRow> {
  const [before, after] = [base, to].map(byStack) as [Sums, Sums];
  const hasDelay = [...base, ...to].some(({ delayNs }) => delayNs !== null);
  const none: Waited = { count: 0, delayNs: hasDelay ? 0 : null };
  const rows = [...new Map([...before, ...after])].flatMap(([stack, { frames }]) => {
    const [was, is] = [before, after].map((sums) => waited(sums.get(stack) ?? none));
    const delays = [was!.delayNs ?? 0, is!.delayNs ?? 0];
    const change = changeOf([delays[0]!, was!.count], [delays[1]!, is!.count]);
    if (change === null) return [];
    const countDelta = is!.count - was!.count;
    const delayNsDelta = hasDelay ? delays[1]! - delays[0]! : null;
    return [{ stack, frames, change, base: was!, to: is!, countDelta, delayNsDelta }];
  });
  const tables = changeTables(
    rows,
    limit,
    (a, b) =>
      (b.delayNsDelta ?? 0) - (a.delayNsDelta ?? 0) ||
      b.countDelta - a.countDelta ||
      compareText(a.stack, b.stack),
  );
  const told = ({ stack: _, ...row }: (typeof rows)[number]): StackDiffRow => row;
  return { ...tables, grown: tables.grown.map(told), shrunk: tables.shrunk.map(told) };
}

type Sums = Map<string, CountedStack>;

function byStack(rows: readonly CountedStack[]): Sums {
  const sums: Sums = new Map();
  for (const { frames, count, delayNs } of rows) {
    const stack = frames
      .map(({ function: name, file, line }) => `${name}\t${file}:${line}`)
      .join('\n');
    const known = sums.get(stack);
    if (known === undefined) sums.set(stack, { frames, count, delayNs });
    else {
      known.count += count;
      if (delayNs !== null) known.delayNs = (known.delayNs ?? 0) + delayNs;
    }
  }
  return sums;
}

function waited({ count, delayNs }: Waited): Waited {
  return { count, delayNs };
}
