/** A client of diagnostics that observe the test itself, as people use it in theirs. */
import { startDiagnostics } from '../../api/start.ts';
import { createDiagnosticsClient, type DiagnosticsClient } from '../index.ts';

/** Fine enough that a small leak shows, and exact: a test may be slowed down. */
const OPTIONS = {
  port: 0,
  heapSamplingIntervalBytes: 64 * 1024,
  overheadBudgetPercent: 100,
  pauseBudgetPercent: 100,
};

export async function observeThisProcess(): Promise<{
  client: DiagnosticsClient;
  stop(): Promise<void>;
}> {
  const diagnostics = await startDiagnostics(OPTIONS);
  const client = createDiagnosticsClient({ url: diagnostics.url });
  return {
    client,
    async stop() {
      client.dispose();
      await diagnostics.stop();
    },
  };
}
