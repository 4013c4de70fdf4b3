/**
 * `node scripts/watch.ts [url]`: one line about a running process, live, and one for each finding as it
 * comes and goes. On a terminal the first is rewritten, elsewhere each point is a line of its own. The token is taken from `PPROFQL_TOKEN`.
 */
import { stripVTControlCharacters } from 'node:util';
import {
  type ConnectionStatus,
  createDiagnosticsClient,
  type DiagnosticsClient,
  type Health,
  type HistoryOptions,
  type Pprof,
} from '../client/index.ts';
import { findingLines } from './watch/findings.ts';
import { summarize } from './watch/summary.ts';

const DEFAULT_URL = 'http://127.0.0.1:6060/';
const ERASE_LINE = '\r\x1b[2K';
/** What is shown comes from another process, which must not steer this terminal. */
function show(text: string): void {
  const line = stripVTControlCharacters(text);
  const { isTTY, columns } = process.stdout;
  process.stdout.write(isTTY ? `${ERASE_LINE}${line.slice(0, columns - 1)}` : `${line}\n`);
}

/** Stays on the terminal. */
function tell(text: string): void {
  const { isTTY } = process.stdout;
  process.stdout.write(`${isTTY ? ERASE_LINE : ''}${stripVTControlCharacters(text)}\n`);
}

function showRetries(status: ConnectionStatus): void {
  if (status.state !== 'waiting') return;
  const seconds = (status.retryInMs / 1_000).toFixed(1);
  show(`${status.error.message}; trying again in ${seconds} s`);
}

/** @returns what gives the latest; null before the first, and where it cannot be followed */
function followHealth(client: DiagnosticsClient, signal: AbortSignal): () => Health | null {
  let latest: Health | null = null;
  (async () => {
    for await (const health of client.healthChanges({ signal })) {
      for (const line of findingLines(latest, health)) tell(line);
      latest = health;
    }
  })().catch(() => {
    latest = null;
  });
  return () => latest;
}

/** Starts with the newest point: those before it are no longer live. */
function beforeNewest(history: Pprof['history']): HistoryOptions {
  const newest = history.at(-1);
  if (newest === undefined) return {};
  return { after: newest.sequence - 1, instanceId: newest.instanceId };
}

async function watch(url: string, signal: AbortSignal): Promise<void> {
  const token = process.env.PPROFQL_TOKEN || undefined;
  const client = createDiagnosticsClient({ url, token, onStatus: showRetries });
  try {
    const { history } = await client.pprof({ allocations: false, signal });
    const latestHealth = followHealth(client, signal);
    for await (const point of client.metricsHistory({ ...beforeNewest(history), signal })) {
      show(summarize(point, latestHealth()));
    }
  } finally {
    client.dispose();
  }
}

const interrupted = new AbortController();
process.once('SIGINT', () => interrupted.abort());
// The reader of a pipe (`| head`) went away.
process.stdout.once('error', () => interrupted.abort());

try {
  await watch(process.argv[2] ?? DEFAULT_URL, interrupted.signal);
} catch (error) {
  if (!interrupted.signal.aborted) {
    console.error(`watch: ${error instanceof Error ? error.message : error}`);
    process.exitCode = 1;
  }
}
if (process.stdout.isTTY) process.stdout.write('\n');
