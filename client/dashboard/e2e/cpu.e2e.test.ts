/** What burns the CPU and what blocks the event loop, found on the page by name. */
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { NOTHING_OF_THE_PROGRAM } from '../../../scripts/testing/program-health.ts';
import { seriousViolations } from './support/accessibility.ts';
import { hasBrowser, launchBrowser, SCREENSHOTS, watchedPage } from './support/browser.ts';
import { DEMO, type Program, startProgram } from './support/program.ts';
import { blockable, release, writeProgram } from './support/programs.ts';

describe.runIf(hasBrowser)('CPU time', () => {
  let browser: Browser;
  let program: Program | undefined;

  beforeAll(async () => {
    browser = await launchBrowser();
  });
  afterEach(() => program?.kill());
  afterAll(() => browser?.close());

  test('is named by function and endpoint, kept over a reload, and downloaded', async () => {
    program = await startProgram(DEMO);
    const { page, problems, sockets } = await watchedPage(browser, program.url);
    await page.goto(`${program.url}?view=cpu`);
    await page.getByRole('button', { name: 'Profile the CPU' }).click();
    await page.getByRole('progressbar').waitFor();
    const endpoints = page.getByRole('region', { name: 'CPU time by endpoint' });
    await endpoints.getByText('GET /report').waitFor();
    const functions = page.getByRole('table', { name: 'CPU time by function' });
    const ownRows = functions.getByText('pprofql', { exact: true });
    const hideOwn = page.getByRole('checkbox', { name: 'Hide pprofql’s own' });
    await ownRows.first().waitFor();
    const graph = page.getByRole('region', { name: 'CPU time by call path' });
    const busyTime = graph.getByRole('treeitem', { name: /^Busy time/ });
    const ownFrames = graph.getByRole('treeitem', { name: /, of pprofql, / });
    await ownFrames.first().hover();
    await graph.locator('.flame-caption').getByText('pprofql', { exact: true }).waitFor();
    const wholeTime = await busyTime.getAttribute('aria-label');
    await hideOwn.last().check();
    expect(await ownRows.count()).toBe(0);
    expect(await ownFrames.count()).toBe(0);
    expect(await graph.locator(hideOwn).isChecked()).toBe(true);
    expect(await busyTime.getAttribute('aria-label')).not.toBe(wholeTime);
    await graph.locator(hideOwn).uncheck();
    await ownRows.first().waitFor();
    await page.getByRole('searchbox').fill('scripts/demo/');
    await functions.getByText('scripts/demo/').first().waitFor();
    expect(sockets).toHaveLength(1);

    await page.reload();
    await endpoints.getByRole('button', { name: 'GET /report' }).click();
    await page.getByRole('treeitem', { name: /^Busy time/ }).waitFor();
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: '.cpuprofile' }).click(),
    ]);
    const chunks = await (await download.createReadStream()).toArray();
    expect(JSON.parse(Buffer.concat(chunks).toString())).toHaveProperty('nodes');
    expect(await seriousViolations(page)).toEqual([]);
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      await page.screenshot({ path: `${SCREENSHOTS}/cpu-${colorScheme}.png` });
    }
    await page.setViewportSize({ width: 380, height: 800 });
    await page.screenshot({ path: `${SCREENSHOTS}/cpu-narrow.png` });
    const overflowPx = 'document.documentElement.scrollWidth - innerWidth';
    expect(await page.evaluate(overflowPx)).toBeLessThanOrEqual(0);
    expect(problems).toEqual([]);
    await page.context().close();
  });

  test('is called a matter of chance where few samples found the program at work', async () => {
    program = await startProgram(await writeProgram('setInterval(() => {}, 1000);'));
    const { page } = await watchedPage(browser, program.url);
    await page.goto(`${program.url}?view=cpu`);
    await page.getByRole('button', { name: 'Profile the CPU' }).click();
    await page.getByRole('button', { name: 'Stop and keep' }).click();
    await page.getByText(/were at work in only \d+ samples?:/).waitFor();
    await page.context().close();
  });

  test('is downloaded with the token that the page was given', async () => {
    program = await startProgram(DEMO, { PPROFQL_TOKEN: 'open-sesame' });
    const { page } = await watchedPage(browser, program.url);
    await page.goto(`${program.url}?view=cpu`);
    await page.getByLabel('This process asks for its access token').fill('open-sesame');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Profile the CPU' }).click();
    await page.getByRole('button', { name: 'Stop and keep' }).click();
    const link = page.getByRole('link', { name: '.cpuprofile' });
    await link.waitFor();
    const [download] = await Promise.all([page.waitForEvent('download'), link.click()]);
    const chunks = await (await download.createReadStream()).toArray();
    expect(JSON.parse(Buffer.concat(chunks).toString())).toHaveProperty('nodes');
    expect(download.suggestedFilename()).toMatch(/\.cpuprofile$/);
    await page.context().close();
  });

  test('is no longer profiled once that is cancelled, also by another page', async () => {
    program = await startProgram(DEMO);
    const [first, second] = await Promise.all([
      watchedPage(browser, program.url),
      watchedPage(browser, program.url),
    ]);
    await first.page.goto(`${program.url}?view=cpu&cpu.seconds=30`);
    await second.page.goto(`${program.url}?view=cpu`);
    await first.page.getByRole('button', { name: 'Profile the CPU' }).click();
    await second.page.getByText('started elsewhere').waitFor();
    await second.page.getByRole('button', { name: 'Cancel' }).click();
    await first.page.getByText('The profile was cancelled').waitFor();
    await first.page.getByRole('button', { name: 'Profile the CPU' }).waitFor();
    await first.page.context().close();
    await second.page.context().close();
  });

  test('that blocks the event loop is named in the health line, a click from its stack', async () => {
    const file = await writeProgram(blockable());
    program = await startProgram(file);
    const { page, problems } = await watchedPage(browser, program.url);
    await page.goto(program.url);
    const health = page.getByRole('region', { name: 'Health' });
    await health.getByText(NOTHING_OF_THE_PROGRAM).first().waitFor();
    program.block();
    await health.getByText(/Not answering for .*: stuck in .*program\.mjs:\d+/).click();
    const stalls = page.getByRole('region', { name: 'Stalls of the event loop' });
    await stalls.getByText('lasting').waitFor();
    await stalls.locator('.frame', { hasText: 'program.mjs' }).first().waitFor();
    await page.screenshot({ path: `${SCREENSHOTS}/stall.png` });
    expect(await seriousViolations(page)).toEqual([]);
    await release(file);
    await health.getByText('Not answering').waitFor({ state: 'detached' });
    await stalls.getByText('lasting').waitFor({ state: 'detached' });
    await health.getByText(/findings? cleared in the last hour/).click();
    // On a busy machine it may have been found and cleared once before.
    await health
      .getByText(/\d\d:\d\d Not answering for .*: stuck in .*program\.mjs:\d+/)
      .first()
      .waitFor();
    await page.screenshot({ path: `${SCREENSHOTS}/cleared.png` });
    expect(problems).toEqual([]);
    await page.context().close();
  });
});
