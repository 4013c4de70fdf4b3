/** The requests of a small server: what is in flight, and the way from a slow route to its cause. */
import { fileURLToPath } from 'node:url';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  type Program as LaunchedProgram,
  launchObserved,
} from '../../../scripts/testing/program.ts';
import { hasBrowser, launchBrowser, watchedPage } from './support/browser.ts';
import { type Program, startProgram } from './support/program.ts';
import { slowServer, writeProgram } from './support/programs.ts';

const TRACED = fileURLToPath(
  new URL('../../../scripts/fixtures/traced/program.mjs', import.meta.url),
);

describe.runIf(hasBrowser)('the requests of a server', () => {
  let program: Program;
  let browser: Browser;

  beforeAll(async () => {
    const file = await writeProgram(slowServer());
    // On a busy machine the read of a moment ago may have taken all that is allowed.
    const environment = { PPROFQL_PAUSE_BUDGET_PERCENT: '100' };
    [program, browser] = await Promise.all([startProgram(file, environment), launchBrowser()]);
  });
  afterAll(async () => {
    await browser?.close();
    await program?.kill();
  });

  test('lead from a slow route to the line it waits at, and to its tasks, by keyboard', async () => {
    const { page, problems } = await watchedPage(browser, program.url);
    await page.goto(`${program.url}?view=requests`);
    const route = page
      .getByRole('region', { name: 'Routes' })
      .getByRole('button', { name: 'GET /slow/:id' });
    await route.waitFor();
    await route.focus();
    await page.keyboard.press('Enter');
    const waits = page.getByRole('list', { name: 'Where the time of GET /slow/:id goes' });
    await waits.getByText('readSlowly').waitFor();
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page
      .getByRole('heading', { level: 2, name: 'Async tasks' })
      .waitFor({ state: 'attached' });
    expect(await page.getByRole('searchbox').inputValue()).toBe('GET /slow/:id');
    expect(problems).toEqual([]);
    await page.context().close();
  });

  test('show those in flight, each with the stack that it waits in, on a phone in the dark', async () => {
    const { page, problems } = await watchedPage(browser, program.url, {
      colorScheme: 'dark',
      viewport: { width: 380, height: 800 },
    });
    await page.goto(`${program.url}?view=requests`);
    const inFlight = page.getByRole('region', { name: 'Requests in flight' });
    const hanging = inFlight.getByRole('button', { name: 'GET /hang/:id' }).first();
    await hanging.waitFor();
    await inFlight.getByText('waitForEver').first().waitFor();
    await hanging.click();
    await inFlight.getByRole('button', { name: 'Copy the whole stack' }).waitFor();
    const overflowPx = 'document.documentElement.scrollWidth - innerWidth';
    expect(await page.evaluate(overflowPx)).toBeLessThanOrEqual(0);
    expect(problems).toEqual([]);
    await page.context().close();
  });

  test('are listed in full at a button: of many that hang, the slowest are shown above the routes', async () => {
    const { page, problems } = await watchedPage(browser, program.url);
    await page.goto(`${program.url}?view=requests`);
    const rows = page.getByRole('region', { name: 'Requests in flight' }).getByRole('row');
    const all = page.getByRole('button', { name: /^Show all 3\d$/ });
    await all.waitFor();
    expect(await rows.count()).toBe(1 + 20);
    await all.click();
    await rows.nth(30).waitFor();
    expect(await all.count()).toBe(0);
    expect(problems).toEqual([]);
    await page.context().close();
  });

  test('have tasks that are read exactly at a button, which tells the pause before, and as usual again', async () => {
    const { page, problems } = await watchedPage(browser, program.url);
    await page.goto(`${program.url}?view=tasks`);
    await page
      .getByRole('button', { name: /^Read exactly \(stops the program for about \d.*s\)$/ })
      .click();
    await page.getByText('Every pending promise of the process').waitFor();
    await page.getByText('exact read').waitFor();
    await page.getByText('waitForEver').first().waitFor();
    await page.getByRole('button', { name: 'Back to tracked tasks' }).click();
    await page.getByText('exact read').waitFor({ state: 'detached' });
    expect(problems).toEqual([]);
    await page.context().close();
  });
});

describe.runIf(hasBrowser)('a server under OpenTelemetry', () => {
  const TRACES = ['1', '2'].map((digit) => digit.repeat(32));
  const SPAN = 'a'.repeat(16);
  let server: LaunchedProgram;
  let browser: Browser;

  beforeAll(async () => {
    server = launchObserved([TRACED], { env: { PPROFQL_INTERVAL_MS: '1000' } });
    browser = await launchBrowser();
    await server.url();
    const [, port] = await server.printed(/^(\d+)$/m);
    // Neither is ever answered.
    for (const digit of ['1', '2']) {
      fetch(`http://127.0.0.1:${port}/hang/${digit}`).catch(() => {});
    }
  });
  afterAll(async () => {
    await browser?.close();
    await server?.kill();
  });

  test('has the trace of a request and of a task beside them, to be copied and looked for', async () => {
    const url = await server.url();
    const { page, problems } = await watchedPage(browser, url);
    await page.goto(`${url}?view=requests`);
    const inFlight = page.getByRole('region', { name: 'Requests in flight' });
    await inFlight.getByRole('button', { name: 'GET /hang/:id' }).first().click();
    const shown = inFlight.getByRole('list', { name: 'Traces' });
    await shown.getByRole('button', { name: `Copy span ${SPAN}` }).waitFor();
    const text = await shown.innerText();
    expect(TRACES.some((trace) => text.includes(trace))).toBe(true);

    await page.goto(`${url}?view=tasks`);
    await page.getByRole('searchbox').fill(TRACES[1]!);
    await page.getByRole('listitem').getByText('hang').first().click();
    const traces = page.getByRole('list', { name: 'Traces' });
    for (const trace of TRACES) {
      await traces.getByRole('button', { name: `Copy trace ${trace}` }).waitFor();
    }
    await traces.getByRole('button', { name: `Copy trace ${TRACES[0]}` }).click();
    await traces.getByText('Copied').waitFor();
    await page.getByRole('searchbox').fill('f'.repeat(32));
    await traces.waitFor({ state: 'detached' });
    expect(problems).toEqual([]);
    await page.context().close();
  });
});
