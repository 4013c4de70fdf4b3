/**
 * CPU per request: without pprofql, with it idle, and with one client that polls everything. A second
 * server without pprofql is the control: by as much two equal servers differ.
 */
import { createDiagnosticsClient, type DiagnosticsClient } from '../../client/index.ts';
import { sendRequests } from './http-load.ts';
import { type ServerProcess, startServer } from './server-process.ts';
import type { CpuReading } from './servers/control.ts';
import { formatExcess, formatSpread } from './statistics.ts';
import type { Table } from './table.ts';

const SERVERS = ['plain.ts', 'promise-heavy.ts', 'timers.ts', 'traced.ts', 'as-people-run.ts'];
const VARIANTS = ['without pprofql', 'control', 'idle', 'polled every 10 s'] as const;
const WARM_UP_MS = 2_000;

interface Round {
  threadUs: number;
  processUs: number;
}

interface Subject {
  name: (typeof VARIANTS)[number];
  server: ServerProcess;
  url: string;
  client: DiagnosticsClient | null;
  rounds: Round[];
}

export async function measureRequestCost(isQuick: boolean): Promise<Table> {
  const rounds = isQuick ? 3 : 9;
  // One poll falls into each batch, so a batch lasts as long as the polling interval.
  const batchMs = 10_000;
  const rows: string[][] = [];
  for (const script of SERVERS) {
    const subjects = await Promise.all(VARIANTS.map((name) => startSubject(name, script)));
    for (const { url } of subjects) await sendRequests(url, WARM_UP_MS);
    for (let round = 0; round < rounds; round++) {
      for (const subject of rotated(subjects, round)) {
        subject.rounds.push(await measureBatch(subject, batchMs));
      }
    }
    rows.push(...subjects.map((subject) => row(script, subject, subjects[0]!)));
    for (const { client, server } of subjects) {
      client?.dispose();
      await server.stop();
    }
  }
  return {
    title: `CPU per request (${rounds} rounds of ${batchMs / 1_000} s)`,
    columns: ['server', 'pprofql', 'main thread, µs', 'process, µs', 'main thread', 'process'],
    rows,
  };
}

async function startSubject(name: Subject['name'], script: string): Promise<Subject> {
  const server = await startServer(script, {
    isObserved: name === 'idle' || name === 'polled every 10 s',
  });
  const client =
    name === 'polled every 10 s' ? createDiagnosticsClient({ url: server.diagnosticsUrl! }) : null;
  return { name, server, client, url: await server.call<string>('url'), rounds: [] };
}

async function measureBatch({ server, url, client }: Subject, batchMs: number): Promise<Round> {
  const before = await server.call<CpuReading>('readCpu');
  const [requests] = await Promise.all([sendRequests(url, batchMs), client && poll(client)]);
  const after = await server.call<CpuReading>('readCpu');
  return {
    threadUs: (after.threadUs - before.threadUs) / requests,
    processUs: (after.processUs - before.processUs) / requests,
  };
}

async function poll(client: DiagnosticsClient): Promise<void> {
  await Promise.all([
    client.pprof(),
    client.goroutines({ raw: true }),
    client.requests(),
    client.routes(),
    client.process(),
    client.instrumentation(),
  ]);
}

/** Each round starts with another one, so that drift of the machine hits all alike. */
function rotated<T>(items: readonly T[], by: number): T[] {
  const start = by % items.length;
  return [...items.slice(start), ...items.slice(0, start)];
}

function row(script: string, { name, rounds }: Subject, base: Subject): string[] {
  const excess = (of: keyof Round) =>
    formatExcess(rounds.map((round, index) => round[of] / base.rounds[index]![of]));
  const cost = (of: keyof Round) => formatSpread(rounds.map((round) => round[of]));
  const isBase = name === base.name;
  return [
    script.replace('.ts', ''),
    name,
    cost('threadUs'),
    cost('processUs'),
    isBase ? '' : excess('threadUs'),
    isBase ? '' : excess('processUs'),
  ];
}
