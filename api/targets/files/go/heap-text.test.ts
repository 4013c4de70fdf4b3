/** The heap profile of a real Go program as text and as profile.proto. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decodeProfileOrText } from '../../../profile/decode/text-profile.ts';
import type { Profile } from '../../../profile/profile.ts';
import { createDecoder } from '../../decoding/decoder.ts';
import { type GoProgram, hasGo, runGoProgram } from '../../testing/go-program.ts';
import { diffFiles } from '../difference.ts';
import { analyzeFile, contentOf, unpackIfGzip } from '../saved-file.ts';
import { type AnalyzedFile, createFileSource } from '../source.ts';

const TYPES = ['alloc_objects', 'alloc_space', 'inuse_objects', 'inuse_space'];
const LEAKED_BYTES = 32 * 1024 ** 2;
const STATISTICS = '# runtime.MemStats';

function saved(name: string, bytes: Uint8Array): AnalyzedFile {
  const content = contentOf(bytes);
  return { name, content, savedAtMs: 1, analysis: analyzeFile({ bytes, content, savedAtMs: 1 }) };
}

/** What one function has allocated: what serves the profiles allocates too, but not there. */
function rowsOf({ sampleTypes, samples, frames }: Profile, name: string) {
  expect(sampleTypes.map(({ type }) => type)).toEqual(TYPES);
  return samples
    .map(({ stack, values }) => ({
      frames: Array.from(stack, (index) => frames[index]!),
      values: Array.from(values),
    }))
    .filter(({ frames: [top] }) => top?.function === name);
}

describe.runIf(hasGo)('the heap profile of a Go program in text form', () => {
  let program: GoProgram;

  beforeAll(async () => {
    program = await runGoProgram();
  });

  afterAll(() => program?.[Symbol.asyncDispose]());

  async function fetched(path: string): Promise<Uint8Array> {
    const answer = await fetch(`${program.url}/debug/pprof/${path}`);
    return unpackIfGzip(Buffer.from(await answer.arrayBuffer()));
  }

  it.each(['heap', 'allocs'])(
    'has the stacks and the figures of the binary one (%s)',
    async (kind) => {
      const [binary, text] = [await fetched(kind), await fetched(`${kind}?debug=1`)].map((bytes) =>
        decodeProfileOrText(bytes),
      ) as [Profile, Profile];
      const leaked = rowsOf(text, 'main.leak');
      expect(leaked).toMatchObject([{ frames: [{ line: 16 }, { function: 'main.main' }, {}] }]);
      expect(leaked).toEqual(rowsOf(binary, 'main.leak'));
      expect(text).toMatchObject({ period: binary.period, periodType: binary.periodType });
    },
  );

  it('gives tables, a flame graph and memory statistics as a saved file', async () => {
    const text = saved('heap.txt', await fetched('heap?debug=1'));
    const decoder = createDecoder();
    const source = createFileSource('saved', [text], decoder);
    const [reading, tables, heap] = [
      await source.read({ closeInterval: false }),
      await source.readAllocations?.(),
      await source.readHeap?.(),
    ];
    expect(tables?.inuse[0]).toMatchObject({ frames: [{ function: 'main.leak' }, {}, {}] });
    expect(tables?.top?.[0]?.marginBytes).toBeGreaterThan(0);
    expect(heap).toMatchObject({ samplingIntervalBytes: 524_288, cumulativeUnavailable: null });
    expect(rowsOf(heap!.profile, 'main.leak')).toHaveLength(1);
    expect(reading.figures.memory.heapUsedBytes).toBeGreaterThan(LEAKED_BYTES);
    expect(reading.unavailable.map(({ field }) => field)).not.toContain('memory.heapObjects');
  });

  it('is known to be cut where stacks are missing that its first line counts', async () => {
    const whole = Buffer.from(await fetched('heap?debug=1')).toString('latin1');
    // Not one of those that count nothing.
    const [last] = [...whole.matchAll(/\n\d+: \d+ \[[1-9]\d*: \d+\] @/g)].reverse();
    const inStacks = last!.index;
    expect(saved('whole', Buffer.from(whole)).analysis).toMatchObject({ truncated: false });
    expect(saved('cut', Buffer.from(whole.slice(0, inStacks))).analysis).toMatchObject({
      kind: 'HEAP',
      truncated: true,
    });
  });

  it('gives tables without the statistics at its end, and can be compared with the binary one', async () => {
    const whole = await fetched('heap?debug=1');
    const text = Buffer.from(whole).toString('latin1');
    const cut = saved('cut.txt', Buffer.from(text.slice(0, text.indexOf(STATISTICS))));
    expect(cut.analysis).toMatchObject({ kind: 'HEAP', memStats: null, truncated: false });
    const { change } = diffFiles(saved('heap.pb', await fetched('heap')), cut);
    if (change.kind !== 'HEAP') throw new Error(change.kind);
    const changed = [...change.allocations.grown, ...change.allocations.shrunk];
    expect(change.allocations.to.bytes).toBeGreaterThan(LEAKED_BYTES / 2);
    expect(changed.map(({ frames }) => frames[0]?.function)).not.toContain('main.leak');
    const statistics = diffFiles(
      saved('was', whole),
      saved('is', Buffer.from(text.replace(/^# Sys = .*/m, '# Sys = 1'))),
    );
    expect(statistics.change).toMatchObject({ figures: [{ name: 'sys', target: 1 }] });
  });
});
