/**
 * A program that is looked into while its loop is stuck goes on with what it had: Node tells of URLs and
 * files in memory that all who ask share, between a native call and the JavaScript that reads it.
 * `PPROFQL_TEST_NODE` is the Node it runs on. @default the one that runs the tests
 */
import { expect, it, vi } from 'vitest';
import { launchObserved } from '../../../scripts/testing/program.ts';

/** Says so where anything of that memory has changed while nothing but a loop ran. */
const PROGRAM = `
const { statSync, writeSync } = require('node:fs');
const { internalBinding } = require('internal/test/binding');
const { urlComponents } = internalBinding('url');
const { statValues, bigintStatValues } = internalBinding('fs');
const { now } = performance;
process.stdin.once('data', () => {
  writeSync(1, 'stuck\\n');
  new URL('http://127.0.0.1:3/');
  for (const bigint of [true, false]) statSync('/', { bigint });
  const shared = { urlComponents, statValues, bigintStatValues };
  const before = Object.entries(shared).map(([name, memory]) => [name, memory, memory.join()]);
  const changed = new Set();
  const end = now.call(performance) + 4_000;
  while (now.call(performance) < end)
    for (const [name, memory, was] of before) if (memory.join() !== was) changed.add(name);
  writeSync(1, 'changed: ' + [...changed].join() + '\\n');
});
`;

const LOOP = '{ eventLoop { state stack { stack } } }';
const FIGURES = '{ pprof { memory { alloc } } requests { id } routes { route } }';
const PROFILE = 'mutation { takeCpuProfile(seconds: 0.2) { __typename } }';

interface Answer {
  eventLoop: { state: string; stack: { stack: string[] } | null };
}

it('finds its URLs and files as they were', async () => {
  await using program = launchObserved(
    ['--disable-warning=ExperimentalWarning', '--expose-internals', '--eval', PROGRAM],
    { env: { PPROFQL_STALL_MS: '200' } },
  );
  await program.url();
  // The server and GraphQL are loaded by then.
  await program.ask(FIGURES);
  program.write('go');
  await program.printed(/stuck/);
  await vi.waitFor(async () => {
    const { eventLoop } = await program.ask<Answer>(LOOP);
    expect(eventLoop.stack).not.toBeNull();
  });
  const asked = [FIGURES, PROFILE].map((query) => program.ask(query));
  const [, told] = await program.printed(/changed: (.*)/);
  expect(told).toBe('');
  await Promise.all(asked);
});
