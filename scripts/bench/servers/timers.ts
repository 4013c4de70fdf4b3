/** Waits for a timer in each request, as for a database: many requests are in flight at a time. */
import { setTimeout as pause } from 'node:timers/promises';
import { serve } from './listening.ts';

const ANSWER = JSON.stringify({ rows: [1, 2, 3] });
const QUERY_MS = 2;

async function readRows(): Promise<string> {
  await pause(QUERY_MS);
  return ANSWER;
}

serve(async (_request, response) => {
  response.setHeader('content-type', 'application/json');
  response.end(await readRows());
});
