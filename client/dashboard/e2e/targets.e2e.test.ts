/** One page for several processes: a Go program, another Node program, saved files. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type GoProgram, hasGo, runGoProgram } from '../../../api/targets/testing/go-program.ts';
import { seriousViolations } from './support/accessibility.ts';
import { hasBrowser, launchBrowser, SCREENSHOTS, watchedPage } from './support/browser.ts';
import { DEMO, type Program, serveFiles, startProgram } from './support/program.ts';
import { blockable, writeProgram } from './support/programs.ts';

const NARROW = { viewport: { width: 380, height: 800 }, colorScheme: 'dark' } as const;
/** Nobody listens there. */
const DEAD_URL = 'http://127.0.0.1:1';

async function looksRight(page: Page): Promise<void> {
  expect(await seriousViolations(page)).toEqual([]);
  const overflowPx = 'document.documentElement.scrollWidth - innerWidth';
  expect(await page.evaluate(overflowPx)).toBeLessThanOrEqual(0);
}

const switchOf = (page: Page) => page.getByRole('combobox', { name: 'Target' });
const healthOf = (page: Page) => page.getByRole('region', { name: 'Health' });

describe.runIf(hasBrowser && hasGo)('a page that watches several processes', () => {
  let goProgram: GoProgram;
  let blocked: Program;
  let program: Program;
  let browser: Browser;

  beforeAll(async () => {
    const file = await writeProgram(blockable());
    [goProgram, blocked, browser] = await Promise.all([
      runGoProgram(),
      startProgram(file, { PPROFQL_STALL_MS: '200' }),
      launchBrowser(),
    ]);
    blocked.block();
    program = await startProgram(DEMO, {
      PPROFQL_TARGETS: `orders=${goProgram.url},worker=${blocked.url},gone=${DEAD_URL}`,
    });
  });
  afterAll(async () => {
    await browser?.close();
    await Promise.all([program?.kill(), blocked?.kill(), goProgram?.[Symbol.asyncDispose]()]);
  });

  test('goes from one to the other and back, and stays in the same section', async () => {
    const { page, problems } = await watchedPage(browser, program.url);
    await page.goto(`${program.url}?view=tasks&tasks.find=demo`);
    await page.getByText('scripts/demo/').first().waitFor();
    await switchOf(page).selectOption('orders');
    const groups = page.getByRole('list', { name: 'Groups of goroutines' });
    await groups.getByRole('listitem').filter({ hasText: 'main.waitForever' }).waitFor();
    expect(new URL(page.url()).search).toBe('?view=tasks&target=orders');
    await page.goBack();
    await page.getByText('scripts/demo/').first().waitFor();
    expect(await page.getByRole('searchbox').inputValue()).toBe('demo');
    expect(problems).toEqual([]);
    await page.context().close();
  });

  test.each([{}, NARROW])(
    'shows what a Go process has, and nothing it has not, in %o',
    async (look) => {
      const { page, problems } = await watchedPage(browser, program.url, look);
      await page.goto(`${program.url}?target=orders`);
      await page.getByRole('slider', { name: /^Goroutines/ }).waitFor();
      await page.getByText('serves no /metrics').waitFor();
      expect(await page.getByText('Event-loop').count()).toBe(0);
      await looksRight(page);

      await page.getByRole('link', { name: 'Memory' }).click();
      const leak = page.getByRole('row').filter({ hasText: 'main.leak' }).first();
      await leak.filter({ hasText: 'main.go' }).waitFor();
      await looksRight(page);

      await page.getByRole('link', { name: 'Goroutines' }).click();
      const waiting = page.getByRole('listitem').filter({ hasText: 'main.waitForever' });
      await waiting.filter({ hasText: 'created by main.main' }).waitFor();
      await waiting.getByRole('button', { expanded: false }).click();
      await waiting.getByText('Goroutines').waitFor();
      await looksRight(page);
      await page.screenshot({
        path: `${SCREENSHOTS}/go-${'viewport' in look ? 'narrow' : 'light'}.png`,
      });
      expect(problems).toEqual([]);
      await page.context().close();
    },
  );

  test('takes CPU profiles of a Go process', async () => {
    const { page, problems } = await watchedPage(browser, program.url);
    await page.goto(`${program.url}?target=orders&view=cpu`);
    await page.getByRole('button', { name: 'Profile the CPU' }).click();
    const hottest = page
      .getByRole('table', { name: 'CPU time by function' })
      .getByRole('row')
      .nth(1);
    await hottest.filter({ hasText: 'main.burn' }).waitFor();
    expect(problems).toEqual([]);
    await page.context().close();
  });

  test('captures each target by itself', async () => {
    const { page } = await watchedPage(browser, program.url);
    await page.goto(`${program.url}?target=orders&view=captures`);
    await page.getByRole('button', { name: 'Capture now' }).click();
    await page.getByRole('button', { name: 'Compare', exact: true }).click();
    await page.getByRole('region', { name: 'Goroutines that grew' }).waitFor();
    await looksRight(page);
    await switchOf(page).selectOption('self');
    await page.getByText('Nothing is captured yet').waitFor();
    await page.context().close();
  });

  test('names what another Node process is stuck in', async () => {
    const { page } = await watchedPage(browser, program.url);
    await page.goto(`${program.url}?target=worker`);
    await healthOf(page)
      .getByText(/stuck in .*program\.mjs:\d+/)
      .waitFor();
    await page.getByRole('region', { name: 'Stalls of the event loop' }).waitFor();
    await page.context().close();
  });

  test('says which target does not answer, and why, while the others go on', async () => {
    const { page } = await watchedPage(browser, program.url);
    await page.goto(program.url);
    await switchOf(page).selectOption('gone');
    await healthOf(page)
      .getByText(/^Not answering: target gone could not be asked/)
      .waitFor();
    await page.getByText('gone does not answer').waitFor();
    await page.getByRole('status').filter({ hasText: 'Not answering' }).waitFor();
    await expect.poll(() => switchOf(page).textContent()).toContain('gone (failing)');
    await looksRight(page);
    await switchOf(page).selectOption('self');
    await page.getByRole('slider', { name: /^CPU/ }).waitFor();
    await page.getByRole('status').filter({ hasText: 'Live' }).waitFor();
    await page.context().close();
  });

  test('says so where the address names a target that is not there', async () => {
    const { page } = await watchedPage(browser, program.url);
    await page.goto(`${program.url}?target=nobody`);
    await page.getByText('There is no target nobody').waitFor();
    await switchOf(page).selectOption('self');
    await page.getByRole('slider', { name: /^CPU/ }).waitFor();
    await page.context().close();
  });
});

describe.runIf(hasBrowser)('a page of saved files', () => {
  const FOLDER = 'scripts/fixtures/corpus';
  const WAITS = `--- mutex:
cycles/second=1000000000
sampling period=1
9000000 4 @ 0x1 0x2
#\t0x1\tsync.(*Mutex).Unlock+0x1\t/usr/local/go/src/sync/mutex.go:223
#\t0x2\tmain.hold+0x1\t/app/hold.go:13
`;
  const folder = mkdtempSync(path.join(tmpdir(), 'pprofql-files-'));
  let program: Program;
  let browser: Browser;

  beforeAll(async () => {
    const waits = path.join(folder, 'waits.txt');
    writeFileSync(waits, WAITS);
    [program, browser] = await Promise.all([
      serveFiles([
        waits,
        `${FOLDER}/goroutines/1.26/httpsrv-t75.txt.gz`,
        `${FOLDER}/heap/1.26/httpsrv-t75.heap.pb.gz`,
      ]),
      launchBrowser(),
    ]);
  });
  afterAll(async () => {
    await browser?.close();
    await program?.kill();
    rmSync(folder, { recursive: true, force: true });
  });

  test('has the sections that the files fill, for all of them and for each', async () => {
    const { page, problems } = await watchedPage(browser, program.url);
    await page.goto(program.url);
    await page.getByRole('row').nth(1).waitFor();
    const sections = page.getByRole('navigation', { name: 'Sections' }).getByRole('link');
    // Without the number of those that are stuck.
    const titles = async () =>
      (await sections.allTextContents()).map((text) => /^[A-Za-z]+/.exec(text)?.[0]);
    expect(await titles()).toEqual(['Memory', 'Goroutines', 'Waits', 'GraphiQL']);
    await looksRight(page);
    await sections.filter({ hasText: 'Goroutines' }).click();
    await page
      .getByRole('list', { name: 'Groups of goroutines' })
      .getByRole('listitem')
      .first()
      .waitFor();
    await looksRight(page);
    await sections.filter({ hasText: 'Waits' }).click();
    await page.getByText('Not told').waitFor();
    await page.getByRole('button', { name: 'Made wait' }).click();
    await page.getByText('4 waits, 9 ms together').waitFor();
    await page.locator('.flame-tree').getByText('main.hold').waitFor();
    await page.getByRole('button', { name: /main\.hold/ }).click();
    await page.getByText('sync.(*Mutex).Unlock').first().waitFor();
    await looksRight(page);
    await switchOf(page).selectOption('httpsrv-t75.heap.pb.gz');
    await expect.poll(titles).toEqual(['Memory', 'GraphiQL']);
    expect(problems).toEqual([]);
    await page.context().close();
  });
});

describe.runIf(hasBrowser)('a page that watches a program with worker threads', () => {
  let program: Program;
  let browser: Browser;
  beforeAll(async () => {
    [program, browser] = await Promise.all([
      startProgram('scripts/fixtures/threads/program.mjs'),
      launchBrowser(),
    ]);
  });
  afterAll(async () => {
    await browser?.close();
    await program?.kill();
  });

  test('has a line for each, which leads to its own figures and back', async () => {
    const { page, problems } = await watchedPage(browser, program.url);
    await page.goto(program.url);
    const table = page.getByRole('region', { name: 'Worker threads' });
    await table
      .getByRole('link', { name: /of worker\.mjs$/ })
      .nth(2)
      .waitFor();
    await looksRight(page);
    await table
      .getByRole('link', { name: /of worker\.mjs$/ })
      .first()
      .click();
    await page.locator('.chart-grid canvas').first().waitFor();
    expect(new URL(page.url()).searchParams.get('target')).toMatch(/^worker-\d+$/);
    await looksRight(page);
    await page.goBack();
    await table.getByRole('link').first().waitFor();
    expect(problems).toEqual([]);
    await page.context().close();
  });
});

describe.runIf(hasBrowser)('a page that watches a program with child processes', () => {
  let program: Program;
  let browser: Browser;
  beforeAll(async () => {
    [program, browser] = await Promise.all([
      startProgram('scripts/fixtures/children/program.mjs'),
      launchBrowser(),
    ]);
  });
  afterAll(async () => {
    await browser?.close();
    await program?.kill();
  });

  test('has a line for each, also for the child of a child, which leads to its own figures', async () => {
    const { page, problems } = await watchedPage(browser, program.url);
    await page.goto(program.url);
    const table = page.getByRole('region', { name: 'Child processes' });
    await table.getByRole('link', { name: /of child\.mjs$/ }).waitFor();
    await table.getByRole('link', { name: /of grandchild\.mjs$/ }).waitFor();
    await looksRight(page);
    await table.getByRole('link', { name: /of child\.mjs$/ }).click();
    await page.locator('.chart-grid canvas').first().waitFor();
    expect(new URL(page.url()).searchParams.get('target')).toMatch(/^child-\d+$/);
    await table.getByRole('link', { name: /of grandchild\.mjs$/ }).waitFor();
    expect(problems).toEqual([]);
    await page.context().close();
  });
});
