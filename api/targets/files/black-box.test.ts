import { describe, expect, it } from 'vitest';
import { reportOn } from '../../cli/report.ts';
import { markedText } from '../../diagnostics/black-box/record/read.ts';
import { type BlackBox, encodeBox } from '../../diagnostics/black-box/record/record.ts';
import { createDecoder } from '../decoding/decoder.ts';
import { aBox, MB, WRITTEN_AT_MS } from '../testing/black-box.ts';
import { healthOfFile } from './health.ts';
import { analyzeFile, contentOf } from './saved-file.ts';
import { type AnalyzedFile, createFileSource } from './source.ts';

const textOf = (given: Partial<BlackBox> = {}) => markedText(encodeBox(aBox(given)));

function opened(text: string): AnalyzedFile {
  const bytes = Buffer.from(text);
  const content = contentOf(bytes);
  const analysis = analyzeFile({ bytes, content, savedAtMs: WRITTEN_AT_MS });
  return { name: 'box.json', content, savedAtMs: WRITTEN_AT_MS, analysis };
}

const NEAR_LIMIT = { memory: { ...aBox().memory!, oldSpaceUsedBytes: 90 * MB } };

describe('a saved black box', () => {
  it('tells how the program died, what it held, and what it had found itself', () => {
    const file = opened(textOf(NEAR_LIMIT));
    const health = healthOfFile(file)!;
    expect(health.status).toBe('WARNING');
    expect(health.sentence).toMatch(
      /^The program died of heap out of memory at .* after 2 h, holding .* MB, 84 % from searchCached \(app\.mjs:8\)\.$/,
    );
    expect(health.findings.map(({ kind }) => kind)).toEqual(['PREVIOUS_RUN_DIED', 'HEAP_GROWTH']);
    const report = reportOn(file).join('\n');
    expect(report).toMatch(/^box\.json: black box of app\.mjs, pid 4194304, Node v26\.10\.0$/m);
    expect(report).toMatch(/84\.0 MB .* searchCached {2}\/app\/app\.mjs:8/);
    expect(report).toMatch(/^ +3 +await +searchCached/m);
  });

  it('is served as its program was', async () => {
    const decoder = createDecoder();
    const source = createFileSource('files', [opened(textOf(NEAR_LIMIT))], decoder);
    const { figures, process } = await source.read({ closeInterval: false });
    expect(figures.memory).toMatchObject({ heapLimitBytes: 100 * MB, rssBytes: 100 * MB });
    expect(process).toMatchObject({ pid: 4_194_304, nodeVersion: 'v26.10.0' });
    expect((await source.readAllocations())?.inuse[0]?.liveBytes).toBe(84 * MB);
    expect(await source.readPreviousRun!()).toMatchObject({ end: { how: 'OUT_OF_MEMORY' } });
    decoder.stop();
  });

  it('tells what a younger pprofql wrote with names that are not known here', () => {
    const text = textOf()
      .replace('"kind":"HEAP_GROWTH"', '"kind":"SHOES_TOO_SMALL"')
      .replace('"state":"RUNNING_JAVASCRIPT"', '"state":"ON_HOLIDAY"');
    expect(text).toMatch(/SHOES_TOO_SMALL.*ON_HOLIDAY/);
    const kinds = healthOfFile(opened(text))!.findings.map(({ kind }) => kind);
    expect(kinds.sort()).toEqual(['PREVIOUS_RUN_DIED', 'UNKNOWN']);
  });

  it.each([
    ['cut in the middle', textOf().slice(0, 900), /^this is a black box .*cut off in the middle$/],
    [
      'of another version',
      textOf().replace('"pprofqlBlackBox":1', '"pprofqlBlackBox":7'),
      /^this is a black box of another version of pprofql \(format 7, this one reads 1\)$/,
    ],
    [
      'damaged',
      textOf().replace('"pid":4194304', '"pid":"many"'),
      /damaged: process\.pid is not a number$/,
    ],
    [
      'of absurd size',
      textOf().replace('"tasks":[', `"tasks":[${'{},'.repeat(2_000)}`),
      /damaged: tasks is not a list of 1000 at most$/,
    ],
  ])('that is %s is refused in one line', (_name, text, reason) => {
    expect(() => opened(text)).toThrow(reason);
  });
});
