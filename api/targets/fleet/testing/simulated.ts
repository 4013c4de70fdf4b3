/** Instances that are only told of on an engine, and what answers for them where they are asked. */
import { createHash } from 'node:crypto';
import type { Redis } from 'ioredis';
import { METRIC_ENTRIES, type MetricValues } from '../../../analyzers/metrics/metrics.ts';
import type { Health, HealthStatus } from '../../../health/finding.ts';
import { PROTOCOL, writeAbout, writeHealth, writePulse } from '../wire/about.ts';
import { answerChannel, askChannel, INSTANCES, keysOf } from '../wire/names.ts';
import { COLUMNS, POINT_FIELD, writePoint } from '../wire/points.ts';
import { readQuestion, writeAnswer } from '../wire/questions.ts';

export interface SimulatedOptions {
  count: number;
  /** @default 30 */
  points?: number;
  /** @default 0 */
  coarsePoints?: number;
  /** How many of them have found something. @default 3 */
  sick?: number;
  /** How many of them are gone. @default 2 */
  gone?: number;
}

const ONE_IN = 7;
const FRAMES = 6;
const INTERVAL_MS = 10_000;
const COARSE_MS = 300_000;
const SENTENCES: Partial<Record<HealthStatus, string>> = {
  CRITICAL: 'The event loop has not turned for 12 s: it runs priceOrder (checkout.js:41).',
  WARNING: '40 tasks of POST /checkout are left behind at reserveStock (stock.js:12).',
};

const idOf = (at: number): string =>
  createHash('sha256').update(`simulated ${at}`).digest('hex').slice(0, 16);

/** Tells of them once; their pulse lasts for ten minutes. */
export async function tellOfInstances(
  redis: Redis,
  { count, points = 30, coarsePoints = 0, sick = 3, gone = 2 }: SimulatedOptions,
): Promise<void> {
  const nowMs = Date.now();
  for (let at = 0; at < count; at++) {
    const id = idOf(at);
    const keys = keysOf(id);
    const status: HealthStatus = at === 0 ? 'CRITICAL' : at < sick ? 'WARNING' : 'HEALTHY';
    const sentence = SENTENCES[status] ?? 'Nothing is wrong.';
    const pipeline = redis.pipeline();
    pipeline.sadd(INSTANCES, id);
    pipeline.set(
      keys.about,
      writeAbout({
        protocol: PROTOCOL,
        version: '0.1.0',
        service: at % 3 === 0 ? 'checkout' : 'search',
        host: `${at % 3 === 0 ? 'checkout' : 'search'}-7d4f9c-${id.slice(0, 5)}`,
        pid: 1,
        program: 'server.js',
        nodeVersion: 'v26.10.0',
        startedAtMs: nowMs - at * 77_000,
        intervalMs: INTERVAL_MS,
        columns: COLUMNS,
      }),
      'EX',
      86_400,
    );
    if (at < count - gone) {
      const pulse = writePulse({
        atMs: nowMs,
        status,
        sentence,
        healthRevision: status,
        blockedForMs: status === 'CRITICAL' ? 12_000 : 0,
        doing: 'The event loop turns.',
      });
      pipeline.set(keys.pulse, pulse, 'EX', 600);
    }
    pipeline.set(keys.health, writeHealth(healthOf(status, sentence, nowMs)), 'EX', 86_400);
    for (let point = 0; point < points; point++) {
      const text = writePoint(pointOf(at, point, nowMs - (points - point) * INTERVAL_MS));
      pipeline.xadd(keys.points, '*', POINT_FIELD, text);
    }
    for (let point = 0; point < coarsePoints; point++) {
      const text = writePoint(pointOf(at, point, nowMs - (coarsePoints - point) * COARSE_MS));
      pipeline.xadd(keys.coarsePoints, '*', POINT_FIELD, text);
    }
    await pipeline.exec();
  }
}

function healthOf(status: HealthStatus, sentence: string, nowMs: number): Health {
  const finding = {
    id: 'found',
    kind: status === 'CRITICAL' ? 'BLOCKED_LOOP' : 'LEFT_BEHIND',
    severity: status,
    sinceMs: nowMs - 60_000,
    sentence,
    culprit: { function: 'reserveStock', file: '/srv/stock.js', line: 12 },
    stack: [],
    routes: [],
    count: 40,
    bytes: null,
    nextStep: 'Look at the line.',
  } as const;
  return {
    status,
    sentence,
    checkedAtMs: nowMs,
    findings: status === 'HEALTHY' ? [] : [finding],
    tooEarly: [],
    cleared: [],
  };
}

function pointOf(at: number, point: number, timestampMs: number) {
  const wave = 1 + Math.sin((at * 7 + point) / 5) / 2;
  const values: Partial<MetricValues> = {
    alloc: 4e7 * wave + at * 3e5,
    heapInuse: 7e7,
    oldSpaceUsed: 3e7 * wave,
    external: 4_123_456,
    arrayBuffers: 123_456,
    sys: 1.4e8 + at * 4e5,
    usagePercent: 8 * wave * (1 + (at % 10)),
    goroutines: 20 + at,
    requestsInFlight: at % 9,
    eventLoopDelayP50Ms: 10.12,
    eventLoopDelayP99Ms: 12.34,
    eventLoopDelayMaxMs: 21.34 * wave,
    eventLoopUtilization: 0.1234,
    gcPauseNs: 1_234_567,
    gcPauseMaxMs: 3.456,
    gcPauseTotalMs: 7.891,
  };
  const none = Object.fromEntries(METRIC_ENTRIES.map(([name]) => [name, null]));
  return {
    ...(none as MetricValues),
    ...values,
    timestampMs,
    isResponding: true,
    isProfiled: false,
    blockedForMs: 0,
  };
}

/**
 * Answers for them where they are asked for their tasks, with so many groups each; one in seven has some that hang.
 * @param listener a connection for this alone
 */
export async function answerForInstances(
  redis: Redis,
  listener: Redis,
  { count, groups }: { count: number; groups: number },
): Promise<void> {
  const at = new Map(Array.from({ length: count }, (_, index) => [askChannel(idOf(index)), index]));
  listener.on('messageBuffer', (channel: Buffer, message: Buffer) => {
    const question = readQuestion(message);
    if (question?.asked.kind !== 'DOCUMENT') return;
    const { id, hub, asked } = question;
    const isSick = (at.get(channel.toString()) ?? 0) % ONE_IN === 0;
    const data = asked.document === 'Tasks' ? tasksOf(groups, isSick) : { targets: [] };
    const body = Buffer.from(JSON.stringify({ data }));
    const answer = writeAnswer({ id, error: null, isPacked: false, document: null, body });
    void redis.publish(answerChannel(hub), answer);
  });
  await listener.subscribe(...at.keys());
}

function tasksOf(groups: number, isSick: boolean) {
  const instrumentation = {
    enabled: true,
    overheadPercent: 0.1,
    overheadBudgetPercent: 2,
    samplingRate: 1,
    dutyCycle: 1,
    blindMs: 0,
    records: 5,
    recordsLimit: 100,
    seen: 1_000,
    sampledOut: 0,
    dropped: 0,
  };
  return {
    goroutines: {
      timestamp: new Date().toISOString(),
      isExact: false,
      totalGoroutines: 30,
      summary: { background: 1, perRequest: 20, unknown: 9, longWaiting: 0, potentiallyStuck: 0 },
      groups: Array.from({ length: groups }, (_, at) => groupOf(at, isSick)),
      rawProfile: null,
      rawTruncated: false,
      instrumentation,
    },
  };
}

function groupOf(at: number, isSick: boolean) {
  const frames = Array.from({ length: FRAMES }, (_, depth) => ({
    function: depth === 0 ? 'reserveStock' : `caller${depth}`,
    file: `/srv/app/lib/stock-${depth}.js`,
    path: `lib/stock-${depth}.js`,
    line: 12 + depth + at * 10,
  }));
  const stuck = isSick && at === 0 ? 4 : 0;
  return {
    count: at + 1,
    sampledCount: at + 1,
    state: 'await',
    category: 'PER_REQUEST',
    categoryReason: 'it was created in a request',
    oldestWaitMs: 1_000 * at,
    medianWaitMs: 500,
    newestWaitMs: 1,
    longWaiting: stuck,
    potentiallyStuck: stuck,
    stuckReason: stuck > 0 ? 'It waits for longer than its route takes.' : null,
    outlivedRequest: 0,
    oldestRequestMs: 5,
    refedCount: null,
    topFrame: frames[0],
    frames,
    stackKind: 'WAITS',
    culprit: frames[0],
    routes: [{ route: 'POST /checkout', count: at + 1 }],
  };
}
