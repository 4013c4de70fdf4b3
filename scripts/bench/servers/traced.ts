/** Carries a context through each request and hooks every promise, as tracing does. */
import { AsyncLocalStorage, createHook } from 'node:async_hooks';
import { serve } from './listening.ts';

interface Span {
  id: number;
  steps: number;
}

const STEPS = 10;

const spans = new AsyncLocalStorage<Span>();
let started = 0;
let tasks = 0;
createHook({
  init() {
    tasks += 1;
  },
}).enable();

async function step(): Promise<void> {
  await null;
  const span = spans.getStore();
  if (span !== undefined) span.steps += 1;
}

serve((_request, response) => {
  const span = { id: ++started, steps: 0 };
  void spans.run(span, async () => {
    for (let done = 0; done < STEPS; done++) await step();
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ ...span, tasks }));
  });
});
