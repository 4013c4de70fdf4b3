/** Who holds what leaks of many kinds have allocated, in a real program. */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDiagnosticsClient, type DiagnosticsClient } from '../../../client/index.ts';
import { launchObserved, type Program } from '../../../scripts/testing/program.ts';

const PROGRAM = fileURLToPath(
  new URL('../../../scripts/fixtures/holds/kinds.mjs', import.meta.url),
);
/** As many samples as a leak of some ten megabytes has by default. */
const SAMPLING_INTERVAL_BYTES = 16_384;
const AGREED_MS = 600_000;

const KINDS: [kind: string, maker: string, sentence: RegExp][] = [
  ['a map', 'rememberSession', /^`sessions` Map in \S+kinds\.mjs, \d+,\d{3} entries, \d+ %$/],
  ['an array', 'audit', /^`auditLog` Array in \S+kinds\.mjs, \d+,\d{3} entries, \d+ %$/],
  ['a closure', 'record', /^`seen` Array in \S+kinds\.mjs:35, \d+,\d{3} entries, \d+ %$/],
  [
    'an emitter',
    'subscribe',
    /^listeners of `settings` EventEmitter 'change' in \S+kinds\.mjs, \d+,\d{3} entries, \d+ %$/,
  ],
  ['timers', 'watchOrder', /^timers that call checkOrder in \S+kinds\.mjs:49, \d+ %$/],
  [
    'the cache of a class',
    'remember',
    /^`entries` Map of `ImageCache` function in \S+kinds\.mjs:\d+, \d+,\d{3} entries, \d+ %$/,
  ],
  [
    'an event target',
    'abortLater',
    /^listeners of `\S*signal` AbortSignal of `controller` AbortController in \S+kinds\.mjs/,
  ],
  [
    'a chain of closures',
    'replaceThing',
    /^(?:`\w+` (?:function|Array) of )?`original` Object in \S+kinds\.mjs:\d+/,
  ],
];

describe('who holds what is left of', () => {
  let program: Program;
  let client: DiagnosticsClient;
  beforeAll(async () => {
    program = launchObserved([PROGRAM], {
      env: {
        PPROFQL_HEAP_SAMPLING_INTERVAL_BYTES: String(SAMPLING_INTERVAL_BYTES),
        PPROFQL_PAUSE_BUDGET_PERCENT: '100',
      },
    });
    await program.printed(/^ready$/m);
    client = createDiagnosticsClient({ url: await program.url() });
  });
  afterAll(async () => {
    client?.dispose();
    await program?.kill();
  });

  /** The largest row that a function has to do with. */
  async function rowOf(maker: string): Promise<string> {
    const { inuseAllocations } = await client.pprof();
    const rows = inuseAllocations!.filter(({ frames }) =>
      frames.some((frame) => frame.function === maker),
    );
    return rows.sort((a, b) => b.samples! - a.samples!)[0]!.id;
  }

  it.each(KINDS)('%s is named first', async (_kind, maker, sentence) => {
    const { paths } = await client.holders(await rowOf(maker), { maxPauseMs: AGREED_MS });
    expect(paths.map((path) => path.sentence)).toEqual([
      expect.stringMatching(sentence),
      ...paths.slice(1).map(() => expect.any(String)),
    ]);
    // However many links a chain has.
    expect(paths[0]!.steps.length).toBeLessThan(10);
  });

  it.skipIf(process.platform !== 'linux')('is found in no more memory than was said', async () => {
    const kilobytes = (name: string) => {
      const status = readFileSync(`/proc/${program.pid}/status`, 'utf8');
      return Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)![1]);
    };
    const { memoryBytes } = await client.holdersEstimate();
    const allocation = await rowOf('audit');
    const before = kilobytes('VmRSS');
    // From now on the most is that of now.
    writeFileSync(`/proc/${program.pid}/clear_refs`, '5');
    await client.holders(allocation, { maxPauseMs: AGREED_MS });
    expect((kilobytes('VmHWM') - before) * 1_024).toBeLessThan(1.5 * memoryBytes);
  });
});
