/** Large amounts of data, and a small amount of code. */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hasBrowser, launchBrowser, SCREENSHOTS, watchedPage } from './support/browser.ts';
import { type Program, startProgram } from './support/program.ts';
import { manyGroups, writeProgram } from './support/programs.ts';

const GROUPS = 1_000;
const MOST_ROWS_DRAWN = 80;
const BUDGET_BYTES = 250_000;
const BUILD = fileURLToPath(new URL('../../../dist/dashboard/', import.meta.url));

describe.runIf(hasBrowser)('a thousand groups', () => {
  let program: Program;
  let browser: Browser;

  beforeAll(async () => {
    const file = await writeProgram(manyGroups(GROUPS));
    [program, browser] = await Promise.all([startProgram(file), launchBrowser()]);
  });
  afterAll(async () => {
    await browser?.close();
    await program?.kill();
  });

  test('are all reachable with a few rows drawn, found by text, and expand where they are', async () => {
    const { page, problems } = await watchedPage(browser, program.url);
    await page.goto(`${program.url}?view=tasks`);
    const items = page.getByRole('listitem').and(page.locator('.task'));
    const total = async () => Number(await items.first().getAttribute('aria-setsize'));
    await expect.poll(total).toBeGreaterThan(GROUPS);
    expect(await items.count()).toBeLessThan(MOST_ROWS_DRAWN);
    await page.screenshot({ path: `${SCREENSHOTS}/thousand-groups.png` });

    await page.evaluate('scrollTo(0, document.documentElement.scrollHeight)');
    await expect
      .poll(async () => Number(await items.last().getAttribute('aria-posinset')))
      .toBe(await total());
    expect(await items.count()).toBeLessThan(MOST_ROWS_DRAWN);

    await page.getByRole('searchbox').fill('wait777');
    const found = items.filter({ hasText: 'wait777' }).first();
    await found.getByRole('button', { expanded: false }).click();
    await found.getByRole('button', { name: 'Copy the whole stack' }).waitFor();
    expect(problems).toEqual([]);
    await page.context().close();
  });
});

test('the whole page stays within its size budget, gzipped', () => {
  const files = readdirSync(BUILD, { recursive: true, encoding: 'utf8' });
  const sources = files.filter((name) => /\.(?:js|css|html|svg)$/.test(name));
  const bytes = sources.map((name) => gzipSync(readFileSync(`${BUILD}${name}`)).length);
  expect(bytes.length).toBeGreaterThan(2);
  expect(bytes.reduce((sum, size) => sum + size, 0)).toBeLessThan(BUDGET_BYTES);
  for (const name of sources) expect(files).toContain(`${name}.br`);
});
