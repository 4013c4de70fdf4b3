/** Routes, functions and sentences that are longer than the page is wide. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hasBrowser, launchBrowser, SCREENSHOTS, watchedPage } from './support/browser.ts';
import { type Program, startProgram } from './support/program.ts';
import { LONG_ROUTE, longNames, release, writeProgram } from './support/programs.ts';

const WIDTHS_PX = [380, 700, 1_000];
const BLOCKING =
  /calculateTheReportOfAllOrdersThatCustomersHavePlacedSinceTheBeginning \(.*program\.mjs:\d+\)/;
const COPY = { name: 'Copy the whole stack' };

describe.runIf(hasBrowser)('names longer than the page is wide', () => {
  let file: string;
  let program: Program;
  let browser: Browser;

  beforeAll(async () => {
    file = await writeProgram(longNames());
    [program, browser] = await Promise.all([startProgram(file), launchBrowser()]);
  });
  afterAll(async () => {
    await browser?.close();
    await program?.kill();
  });

  async function open(view: string): Promise<Page> {
    const { page } = await watchedPage(browser, program.url);
    await page.goto(`${program.url}?view=${view}`);
    return page;
  }

  async function expectWhole(page: Page, name: string): Promise<void> {
    for (const width of WIDTHS_PX) {
      await page.setViewportSize({ width, height: 1_600 });
      await page.screenshot({ path: `${SCREENSHOTS}/long-names-${name}-${width}.png` });
      expect(await page.evaluate(textsOutOfSight)).toEqual([]);
    }
    await page.context().close();
  }

  test('are whole in the lists of requests and routes', async () => {
    const page = await open('requests');
    const requests = page.getByRole('region', { name: 'Requests in flight' });
    await requests.getByRole('button', { name: LONG_ROUTE }).first().click();
    await requests.getByRole('button', COPY).waitFor();
    const routes = page.getByRole('region', { name: 'Routes' });
    await routes.getByRole('button', { name: LONG_ROUTE }).click();
    await routes.getByRole('link', { name: `Tasks of ${LONG_ROUTE}` }).waitFor();
    await expectWhole(page, 'requests');
  });

  test('are whole in what a task tells once it is opened', async () => {
    const page = await open('tasks');
    const task = page.getByRole('listitem').filter({ hasText: 'reserveTheStock' });
    await task.getByRole('button', { expanded: false }).click();
    await task.getByRole('button', COPY).waitFor();
    await expectWhole(page, 'tasks');
  });

  test('leave the route of a task whole in its row on a phone', async () => {
    const page = await open('tasks');
    await page.setViewportSize({ width: 380, height: 1_600 });
    const route = page.locator('.task-row').getByText(LONG_ROUTE).first();
    await route.waitFor();
    const isCut = await route.evaluate(
      (element) =>
        element.scrollWidth > element.clientWidth || element.scrollHeight > element.clientHeight,
    );
    expect(isCut).toBe(false);
    await page.context().close();
  });

  test('are whole in the sentence on health, and in the stall that it tells of', async () => {
    const page = await open('overview');
    const health = page.getByRole('region', { name: 'Health' });
    // By then it may know of the requests that hang.
    await health
      .getByText(/^Healthy|hang/)
      .first()
      .waitFor();
    program.block();
    await health.getByText(BLOCKING).first().click();
    const stalls = page.getByRole('region', { name: 'Stalls of the event loop' });
    await stalls.getByRole('button', COPY).first().waitFor();
    await expectWhole(page, 'health');
    await release(file);
  });
});

/** In the page: texts that end beyond it, or beyond a box that cuts them without three dots. */
function textsOutOfSight(): string[] {
  const ELSEWHERE = '.sr-only, .sections, .chart, option';
  const cut: string[] = [];
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode() !== null) {
    const parent = texts.currentNode.parentElement!;
    const text = texts.currentNode.textContent!.trim();
    if (text === '' || parent.closest(ELSEWHERE) !== null) continue;
    const range = document.createRange();
    range.selectNodeContents(texts.currentNode);
    const { right, width } = range.getBoundingClientRect();
    if (width === 0) continue;
    for (let box = parent; ; box = box.parentElement!) {
      const isPage = box === document.documentElement;
      const { overflowX, textOverflow } = getComputedStyle(box);
      if (textOverflow === 'ellipsis') break;
      if (!isPage && overflowX === 'visible') continue;
      const edge = isPage ? box.clientWidth : box.getBoundingClientRect().right;
      if (right > edge + 1) cut.push(text);
      if (isPage || right > edge + 1) break;
    }
  }
  return cut;
}
