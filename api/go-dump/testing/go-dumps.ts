/** Parts of goroutine dumps for tests, and questions to what was read. */
import { expect } from 'vitest';
import type { GoDump } from '../parse.ts';

export const FRAME = 'main.work(0xc000012345, 0x7)\n\t/app/main.go:17 +0x1d\n';
export const CREATOR = 'created by main.main in goroutine 1\n\t/app/main.go:8 +0x22\n';

/** One goroutine with these attributes, at the same stack as all others. */
export const goroutine = (id: number, attributes: string) =>
  `goroutine ${id} [${attributes}]:\n${FRAME}${CREATOR}\n`;

/** The only record of a dump. */
export function only({ goroutines }: GoDump) {
  expect(goroutines).toHaveLength(1);
  return goroutines[0]!;
}

export const distinct = <Item>(items: readonly Item[]): Item[] => [
  ...new Map(items.map((item) => [JSON.stringify(item), item])).values(),
];

export const functions = (dump: GoDump) =>
  dump.goroutines.map(({ frames }) => frames.map((f) => f.function));
