/** A fleet of a hundred instances on a real Redis, none of which has to run for that. */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  adminOf,
  hasRedis,
  NO_REDIS,
  type RedisServer,
  startRedis,
} from '../../../api/targets/fleet/testing/redis-server.ts';
import { tellOfInstances } from '../../../api/targets/fleet/testing/simulated.ts';
import { seriousViolations } from './support/accessibility.ts';
import { hasBrowser, launchBrowser, watchedPage } from './support/browser.ts';
import { type Program, serveFleet } from './support/program.ts';

const INSTANCES = 100;

if (!hasRedis) console.warn(`The page of a fleet is not tested: ${NO_REDIS}.`);

describe.runIf(hasBrowser && hasRedis)('the page of a fleet', () => {
  let redis: RedisServer;
  let program: Program;
  let browser: Browser;

  beforeAll(async () => {
    redis = await startRedis();
    const admin = await adminOf(redis);
    await tellOfInstances(admin, { count: INSTANCES });
    admin.disconnect();
    [program, browser] = await Promise.all([serveFleet(redis.hubUrl), launchBrowser()]);
  });
  afterAll(async () => {
    await browser?.close();
    await program?.kill();
    await redis?.[Symbol.asyncDispose]();
  });

  test('shows the worst first, orders by any figure, finds, and leads to an instance', async () => {
    const { page, problems } = await watchedPage(browser, program.url);
    await page.goto(program.url);
    const table = page.getByRole('table', { name: 'Instances' });
    const rows = table.getByRole('row');
    await expect.poll(() => rows.count()).toBe(INSTANCES + 1);
    await page.getByText('98 instances, and 2 gone').waitFor();
    expect(await rows.nth(1).innerText()).toContain('it runs priceOrder');
    expect(await rows.last().innerText()).toContain('gone');
    await page.screenshot({ path: 'screenshots/fleet.png' });

    await table.getByRole('button', { name: 'Memory' }).click();
    const memory = async (at: number) =>
      Number.parseFloat((await rows.nth(at).locator('[data-label=Memory]').innerText()) ?? '');
    await expect.poll(() => memory(1)).toBeGreaterThan(await memory(INSTANCES - 2));

    await page.setViewportSize({ width: 390, height: 844 });
    const width = await page.evaluate<number>('document.documentElement.scrollWidth');
    expect(width).toBeLessThanOrEqual(390);
    await page.screenshot({ path: 'screenshots/fleet-narrow.png' });

    await page.getByRole('searchbox').fill('left behind');
    // Narrow, it has no row of heads.
    await expect.poll(() => rows.count()).toBe(2);
    expect(await seriousViolations(page)).toEqual([]);
    await rows.first().getByRole('link').click();
    await page.getByText('Event-loop utilization').waitFor();
    expect(new URL(page.url()).searchParams.get('target')).toMatch(/^search-7d4f9c-/);
    // Nothing is behind these instances that could be asked.
    expect(problems.filter((problem) => !problem.includes('TARGET_FAILED'))).toEqual([]);
    await page.context().close();
  });
});
