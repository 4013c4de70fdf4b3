import { afterEach, describe, expect, it } from 'vitest';
import {
  createDiagnosticsClient,
  type DiagnosticsClient,
  type DiagnosticsClientOptions,
  type HistoryPoint,
  type HistoryStream,
} from './index.ts';
import {
  type ObservedProcess,
  type ObservedProcessOptions,
  startObservedProcess,
} from './testing/observed-process.ts';

const cleanups: (() => void | Promise<void>)[] = [];

afterEach(async () => {
  for (const clean of cleanups.splice(0).reverse()) await clean();
});

async function start(options?: ObservedProcessOptions): Promise<ObservedProcess> {
  const observed = await startObservedProcess(options);
  cleanups.push(() => observed.stop());
  return observed;
}

function connect(options: DiagnosticsClientOptions): DiagnosticsClient {
  const client = createDiagnosticsClient({
    reconnect: { minDelayMs: 10, maxDelayMs: 50 },
    ...options,
  });
  cleanups.push(() => client.dispose());
  return client;
}

async function take(stream: HistoryStream, count: number): Promise<HistoryPoint[]> {
  const points: HistoryPoint[] = [];
  while (points.length < count) {
    const { done, value } = await stream.next();
    if (done) break;
    points.push(value);
  }
  return points;
}

const sequences = (points: HistoryPoint[]) => points.map(({ sequence }) => sequence);

describe.each(['websocket', 'sse'] as const)('metricsHistory over %s', (transport) => {
  it('gives the retained window, then each new point', async () => {
    const observed = await start({ points: 3 });
    const stream = connect({ url: observed.url, transport }).metricsHistory();
    expect(sequences(await take(stream, 3))).toEqual([1, 2, 3]);
    observed.tick();
    expect(sequences(await take(stream, 1))).toEqual([4]);
  });
});
