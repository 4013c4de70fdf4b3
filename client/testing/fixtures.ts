/** Servers and clients that end with the test that made them. */
import { onTestFinished } from 'vitest';
import {
  createDiagnosticsClient,
  type DiagnosticsClient,
  type DiagnosticsClientOptions,
} from '../index.ts';
import {
  type ObservedProcess,
  type ObservedProcessOptions,
  startObservedProcess,
} from './observed-process.ts';

export async function observe(options?: ObservedProcessOptions): Promise<ObservedProcess> {
  const observed = await startObservedProcess(options);
  onTestFinished(() => observed.stop());
  return observed;
}

/** Retries fast, so that tests need not wait. */
export function connect(options: DiagnosticsClientOptions): DiagnosticsClient {
  const client = createDiagnosticsClient({
    reconnect: { minDelayMs: 10, maxDelayMs: 50 },
    ...options,
  });
  onTestFinished(() => client.dispose());
  return client;
}
