/** Express, JSON in and out, a pool of connections: some 150 µs of work a request. */
import { setTimeout as pause } from 'node:timers/promises';
import express from 'express';
import { serve } from './listening.ts';

interface Row {
  id: number;
  name: string;
  tags: string[];
}

const POOL_SIZE = 10;
const QUERY_MS = 1;
const TABLE: Row[] = Array.from({ length: 200 }, (_, id) => ({
  id,
  name: `row ${id}`,
  tags: ['a', 'b', `${id % 7}`],
}));

let free = POOL_SIZE;
const waiting: (() => void)[] = [];

async function acquire(): Promise<void> {
  if (free > 0) free -= 1;
  else await new Promise<void>((resolve) => waiting.push(resolve));
}

function release(): void {
  const next = waiting.shift();
  if (next === undefined) free += 1;
  else next();
}

async function query(): Promise<Row[]> {
  await acquire();
  try {
    await pause(QUERY_MS);
    return JSON.parse(JSON.stringify(TABLE));
  } finally {
    release();
  }
}

const app = express();
app.use(express.json());
app.get('/', async (_request, response) => {
  const rows = await query();
  response.json(rows.filter((row) => row.tags.includes('3')));
});

serve(app);
