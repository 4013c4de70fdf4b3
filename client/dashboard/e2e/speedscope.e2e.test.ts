/** The profiles of a real program in Speedscope, which people drop them into. */
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { gunzipSync } from 'node:zlib';
import type { Browser } from 'playwright-core';
import { Profile } from 'pprof-format';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hasBrowser, launchBrowser } from './support/browser.ts';
import { DEMO, type Program, startProgram } from './support/program.ts';

const { resolve } = createRequire(import.meta.url);
const PAGE = join(dirname(resolve('speedscope/package.json')), 'dist/release/index.html');
const SANDWICH_KEY = '3';

describe.runIf(hasBrowser)('Speedscope', () => {
  let browser: Browser;
  let program: Program;

  beforeAll(async () => {
    [browser, program] = await Promise.all([launchBrowser(), startProgram(DEMO)]);
  });
  afterAll(() => Promise.all([browser?.close(), program?.kill()]));

  test.each(['heap', 'profile?seconds=5'])('shows who has most in %s', async (name) => {
    const response = await fetch(`${program.url}debug/pprof/${name}`);
    const buffer = Buffer.from(await response.arrayBuffer());
    const page = await browser.newPage();
    const errors: string[] = [];
    page.on('pageerror', (error) => errors.push(String(error)));
    await page.goto(pathToFileURL(PAGE).href);
    const file = { name: 'profile.pb.gz', mimeType: 'application/octet-stream', buffer };
    await page.locator('input[type=file]').setInputFiles(file);
    await page.getByText('Sandwich').waitFor();
    await page.keyboard.press(SANDWICH_KEY);
    await page.getByText(largestSelf(buffer), { exact: true }).first().waitFor();
    expect(errors).toEqual([]);
    await page.close();
  });
});

/** The function with the largest value of its own, of the type shown first: by default the last. */
function largestSelf(gzipped: Buffer): string {
  const { defaultSampleType, sampleType, sample, ...profile } = Profile.decode(gunzipSync(gzipped));
  const named = sampleType.findIndex(({ type }) => type === defaultSampleType);
  const shown = named === -1 ? sampleType.length - 1 : named;
  const functionAt = new Map(profile.location.map(({ id, line }) => [id, line[0]!.functionId]));
  const sums = new Map<number | bigint, number>();
  for (const { locationId, value } of sample) {
    const leaf = functionAt.get(locationId[0]!)!;
    sums.set(leaf, (sums.get(leaf) ?? 0) + Number(value[shown]));
  }
  const [largest] = [...sums].sort(([, a], [, b]) => b - a)[0]!;
  const { name } = profile.function.find(({ id }) => id === largest)!;
  return profile.stringTable.strings[Number(name)]!;
}
