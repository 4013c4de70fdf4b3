/** Every section of the demo in every look: light and dark, narrow and wide. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { seriousViolations } from './support/accessibility.ts';
import { hasBrowser, launchBrowser, SCREENSHOTS, watchedPage } from './support/browser.ts';
import { DEMO, type Program, startProgram } from './support/program.ts';

const LOOKS = [
  { name: 'light', colorScheme: 'light', viewport: { width: 1440, height: 900 } },
  { name: 'dark', colorScheme: 'dark', viewport: { width: 1440, height: 900 } },
  { name: 'narrow', colorScheme: 'light', viewport: { width: 380, height: 800 } },
  { name: 'wide', colorScheme: 'dark', viewport: { width: 2560, height: 1300 } },
] as const;

/** Something of each section that is only there once its data is. */
const SECTIONS = [
  { view: 'overview', landmark: '.chart-values dd' },
  { view: 'cpu', landmark: '.flame-tree' },
  { view: 'memory', landmark: '.table tbody tr' },
  { view: 'requests', landmark: '.route-table tbody tr' },
  { view: 'tasks', landmark: '.task' },
  { view: 'captures', landmark: '.growth-grid' },
] as const;

describe.runIf(hasBrowser)('the dashboard of the demo', () => {
  let program: Program;
  let browser: Browser;

  beforeAll(async () => {
    [program, browser] = await Promise.all([startProgram(DEMO), launchBrowser()]);
  });
  afterAll(async () => {
    await browser?.close();
    await program?.kill();
  });

  describe.each(LOOKS)('looks $name', ({ name, colorScheme, viewport }) => {
    // One test a section: axe alone takes ten seconds of a busy machine for each.
    test.each(SECTIONS)(
      'right in $view, without a serious finding of axe or a sideways scroll',
      async ({ view, landmark }) => {
        const { page, problems } = await watchedPage(browser, program.url, {
          colorScheme,
          viewport,
        });
        await page.goto(`${program.url}?view=${view}`);
        if (view === 'cpu') await takeProfileOnce(page);
        if (view === 'captures') await compareWithNow(page);
        await page.locator(landmark).first().waitFor();
        await page.screenshot({ path: `${SCREENSHOTS}/${view}-${name}.png` });
        expect(await seriousViolations(page)).toEqual([]);
        const overflowPx = 'document.documentElement.scrollWidth - innerWidth';
        expect(await page.evaluate(overflowPx)).toBeLessThanOrEqual(0);
        expect(problems).toEqual([]);
        await page.context().close();
      },
    );
  });
});

/** The last few are kept: the first page takes one, the others find it. */
async function takeProfileOnce(page: Page): Promise<void> {
  const none = page.getByText('No CPU profile yet');
  await page.locator('.flame-tree').or(none).waitFor();
  if (await none.isVisible()) await page.getByRole('button', { name: 'Profile the CPU' }).click();
}

/** The first page captures, the others find that. */
async function compareWithNow(page: Page): Promise<void> {
  const compare = page.getByRole('button', { name: 'Compare', exact: true });
  const none = page.getByText('Nothing is captured yet');
  await compare.or(none).waitFor();
  if (await none.isVisible()) await page.getByRole('button', { name: 'Capture now' }).click();
  await compare.click();
}
