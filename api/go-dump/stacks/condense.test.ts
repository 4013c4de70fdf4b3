/** Dumps with more different stacks than anybody can look at. */
import { describe, expect, it } from 'vitest';
import { goDumpGroups } from '../groups/groups.ts';
import { type GoDump, parseGoDump } from '../parse.ts';
import { OTHER_STACKS } from './frame.ts';

const MANY = 150_000;
const NEVER_CONDENSED = 60_000;
const CREATOR = 'created by main.start in goroutine 1\n\t/app/main.go:8 +0x22\n';

/** Each in a function of its own, below one of ten lines of the program or directly. */
function different(count: number, { isBelowOwnLine }: { isBelowOwnLine: boolean }): string {
  return Array.from({ length: count }, (_, at) => {
    const [folder, own] = isBelowOwnLine
      ? ['/go/pkg/mod/x.org/gen@v1.0.0', `main.serve(0x1)\n\t/app/serve.go:${at % 10} +0x1d\n`]
      : ['/app', ''];
    return `goroutine ${at + 1} [chan receive, ${1 + (at % 30)} minutes]:\ngen.f${at}(0x1)\n\t${folder}/f${at}.go:3 +0x1d\n${own}${CREATOR}\n`;
  }).join('');
}

function same(count: number, name: string): string {
  return `goroutine 7 [select]:\nmain.${name}(0x1)\n\t/app/${name}.go:5 +0x1d\n${CREATOR}\n`.repeat(
    count,
  );
}

function countsByTop({ goroutines }: GoDump): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { frames, count } of goroutines) {
    const name = frames[0]!.function;
    counts.set(name, (counts.get(name) ?? 0) + count);
  }
  return counts;
}

describe('a dump with very many different stacks', () => {
  it('tells each by itself while they are few enough', () => {
    const dump = parseGoDump(different(NEVER_CONDENSED, { isBelowOwnLine: false }));
    expect(goDumpGroups(dump).groups).toHaveLength(NEVER_CONDENSED);
    expect(dump.stats.mergedGoroutines).toBe(0);
  });

  const dump = parseGoDump(
    same(300, 'early') + different(MANY, { isBelowOwnLine: true }) + same(200, 'late'),
  );

  it('counts every goroutine, and those at the most frequent stacks exactly, wherever they stand', () => {
    const counts = countsByTop(dump);
    expect(dump.stats).toMatchObject({ headers: MANY + 500, parsed: MANY + 500 });
    expect(goDumpGroups(dump).total).toBe(MANY + 500);
    expect(counts.get('main.early')).toBe(300);
    expect(counts.get('main.late')).toBe(200);
    expect(counts.size).toBeLessThan(NEVER_CONDENSED);
  });

  it('tells the others together by the line of the program and who started them, and how many they are', () => {
    const merged = dump.goroutines.filter(({ frames }) => frames[0]!.function === OTHER_STACKS);
    const places = new Set(merged.map(({ frames }) => JSON.stringify(frames.slice(1))));
    expect([...places].map((place) => JSON.parse(place)).sort(byLine)).toEqual(
      Array.from({ length: 10 }, (_, line) => [
        { function: 'main.serve', file: '/app/serve.go', line },
        { function: 'created by main.start', file: '/app/main.go', line: 8 },
      ]),
    );
    const count = merged.reduce((sum, group) => sum + group.count, 0);
    expect(count).toBe(dump.stats.mergedGoroutines);
    expect(count).toBeGreaterThan(MANY - NEVER_CONDENSED);
  });

  it('keeps their waits', () => {
    const groups = goDumpGroups(dump).groups.filter(({ count }) => count > 1_000);
    expect(groups).toHaveLength(10);
    for (const group of groups) {
      expect(group).toMatchObject({ culprit: { function: 'main.serve' }, state: 'chan receive' });
      expect(group.oldestWaitMs! - group.newestWaitMs!).toBe(20 * 60_000);
    }
  });

  it('tells them by who started them alone where the lines are too many as well', () => {
    const { goroutines } = parseGoDump(different(MANY, { isBelowOwnLine: false }));
    const merged = goroutines.filter(({ frames }) => frames[0]!.function === OTHER_STACKS);
    expect(new Set(merged.map(({ frames }) => frames.at(-1)!.function))).toEqual(
      new Set(['created by main.start']),
    );
    for (const { frames } of merged) expect(frames).toHaveLength(2);
  });
});

function byLine([a]: { line: number }[], [b]: { line: number }[]): number {
  return a!.line - b!.line;
}
