/** People who look at a process and leave again, in every way that the client knows. */
import { createDiagnosticsClient, type DiagnosticsClientOptions } from '../../client/index.ts';

type Transport = DiagnosticsClientOptions['transport'];

const TRANSPORTS: readonly Transport[] = ['websocket', 'sse'];
/** Points that a subscriber waits for. */
const POINTS = 2;

/** So many at once, half of them over each transport. Every one asks all questions and subscribes. */
export async function visit(url: string, visitors: number): Promise<void> {
  await Promise.all(
    Array.from({ length: visitors }, (_, number) =>
      lookAround(url, TRANSPORTS[number % TRANSPORTS.length]),
    ),
  );
}

async function lookAround(url: string, transport: Transport): Promise<void> {
  // Leaves with the subscription open.
  using client = createDiagnosticsClient({ url, transport });
  const history = client.metricsHistory();
  for (let point = 0; point < POINTS; point++) await history.next();
  await Promise.all([client.pprof(), client.goroutines({ raw: true }), client.process()]);
}
