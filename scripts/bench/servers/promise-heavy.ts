/** Some ninety promises a request, as a resolver tree or an ORM makes them. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { serve } from './listening.ts';

const ROWS = 20;

async function readColumn(row: number): Promise<number> {
  await null;
  return row * 2;
}

async function readRow(row: number): Promise<number> {
  return (await readColumn(row)) + 1;
}

async function readTable(): Promise<number> {
  const rows = await Promise.all(Array.from({ length: ROWS }, (_, row) => readRow(row)));
  await nextTurn();
  return rows.reduce((sum, value) => sum + value, 0);
}

serve(async (_request, response) => {
  const sum = await readTable();
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify({ sum }));
});
