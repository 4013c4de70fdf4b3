/** What V8 keeps for objects that live for a moment, in a program that makes many. */
import { expect, it } from 'vitest';
import { launchObserved } from '../../../scripts/testing/program.ts';

/** As of V8, whose new space grows up to 64 MB with what survives its collections. */
const LARGE_BYTES = 40_000_000;

/** Sixteen callers at once, each of which makes some ninety promises again and again, as requests do. */
const SHORT_PROMISES = `
const { getHeapSpaceStatistics } = require('node:v8');
const { setImmediate: nextTurn } = require('node:timers/promises');
const readColumn = async (row) => {
  await null;
  return row * 2;
};
const readRow = async (row) => (await readColumn(row)) + 1;
async function readTable() {
  const rows = await Promise.all(Array.from({ length: 20 }, (_, row) => readRow(row)));
  await nextTurn();
  return rows;
}
let tables = 0;
async function call() {
  while (tables < 30_000) {
    await readTable();
    tables += 1;
  }
}
Promise.all(Array.from({ length: 16 }, call)).then(() => {
  const space = getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space');
  console.log('new space: ' + space.physical_space_size);
});
`;

it('stays small, although each is recorded while there is credit for it', async () => {
  await using program = launchObserved(['--eval', SHORT_PROMISES]);
  const [, bytes] = await program.printed(/^new space: (\d+)$/m);
  expect(Number(bytes)).toBeLessThan(LARGE_BYTES);
});
