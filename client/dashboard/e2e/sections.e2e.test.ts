/** Every section against the demo program: its bugs are there by name, and the page behaves. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { seriousViolations } from './support/accessibility.ts';
import { hasBrowser, launchBrowser, watchedPage } from './support/browser.ts';
import { DEMO, type Program, startProgram } from './support/program.ts';

const SCREENSHOTS = 'screenshots';
/**
 * Work counts as stuck after a minute; the demo needs a moment more to hang. Tests that come before
 * the one that waits for it use that time.
 */
const UNTIL_STUCK_MS = 110_000;
/** The demo must outgrow its own start-up, and the heap be read again after that. */
const UNTIL_BUGS_SHOW_MS = 180_000;

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
    [program, browser] = await Promise.all([
      startProgram(DEMO, { PPROFQL_HISTORY: '300' }),
      launchBrowser(),
    ]);
  });
  afterAll(async () => {
    await browser?.close();
    await program?.kill();
  });

  test('shows figures over a single WebSocket, from its own host alone', async () => {
    const { page, problems, sockets } = await watchedPage(browser, program.url);
    await page.goto(program.url);
    await page.getByText('resident').first().waitFor();
    for (const name of ['Memory', 'Requests', 'Async tasks', 'Captures', 'Overview']) {
      // A finding that names requests is a link as well.
      await page.getByRole('navigation').getByRole('link', { name }).click();
      await page.getByRole('heading', { level: 2, name }).waitFor({ state: 'attached' });
    }
    expect(problems).toEqual([]);
    expect(sockets).toHaveLength(1);
    await page.context().close();
  });

  test('opens with the retained history and goes on by itself', async () => {
    const { page } = await watchedPage(browser, program.url);
    await page.goto(program.url);
    const chart = page.getByRole('slider', { name: /^CPU/ });
    const lastPoint = async () => Number(await chart.getAttribute('aria-valuemax'));
    await expect.poll(lastPoint).toBeGreaterThan(1);
    const before = await lastPoint();
    await expect.poll(lastPoint).toBeGreaterThan(before + 1);
    await page.context().close();
  });

  test('names the leak and the hot path in memory', {
    timeout: 2 * UNTIL_BUGS_SHOW_MS,
  }, async () => {
    const { page, problems } = await watchedPage(browser, program.url);
    await page.goto(`${program.url}?view=memory&memory.find=session-cache`);
    const leak = page.getByRole('row').filter({ hasText: 'rememberSession' }).first();
    await leak.waitFor({ timeout: UNTIL_BUGS_SHOW_MS });
    await leak.getByRole('button').click();
    await page.getByText('POST /login').first().waitFor();
    expect(await leak.textContent()).toContain('scripts/demo/session-cache.ts');
    await page.getByRole('button', { name: 'Who holds it?' }).first().click();
    await page.getByRole('button', { name: 'Leave it' }).waitFor();
    await page.getByRole('button', { name: 'Stop it and look' }).click();
    const holders = page.getByRole('region', { name: 'Who holds it' });
    await holders.getByText(/`sessions` Map in scripts\/demo\/session-cache\.ts/).waitFor({
      timeout: UNTIL_BUGS_SHOW_MS,
    });

    await page.goto(`${program.url}?view=memory&memory.sort=cumulative&memory.measure=cumulative`);
    const hottest = page.getByRole('row').nth(1);
    await hottest.filter({ hasText: 'renderSalesReport' }).waitFor({ timeout: UNTIL_BUGS_SHOW_MS });
    await page
      .getByRole('treeitem', { name: /^renderSalesReport, scripts\/demo\/sales-report\.ts/ })
      .first()
      .waitFor();
    expect(problems).toEqual([]);
    await page.context().close();
  });

  test('shows what is outside the heap, and records allocations', {
    timeout: 2 * UNTIL_BUGS_SHOW_MS,
  }, async () => {
    const { page, problems } = await watchedPage(browser, program.url);
    await page.goto(`${program.url}?view=memory&memory.of=buffers`);
    await page.getByText('Live buffers by stack').waitFor();
    await page.getByText('Rest of the process').waitFor();
    await page.goto(`${program.url}?view=cpu&cpu.of=allocations&allocations.seconds=30`);
    await page.getByRole('button', { name: 'Record allocations' }).click();
    await page.getByRole('button', { name: 'Cancel' }).click();
    await page.getByText('The profile was cancelled').waitFor({ timeout: UNTIL_BUGS_SHOW_MS });
    expect(problems).toEqual([]);
    await page.context().close();
  });

  test('moves through the flame graph by keyboard and zooms', async () => {
    const { page } = await watchedPage(browser, program.url);
    await page.goto(
      `${program.url}?view=memory&memory.measure=cumulative&memory.find=sales-report`,
    );
    const root = page.getByRole('treeitem', { name: /^Memory ever allocated/ });
    await root.focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Reset zoom' }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Reset zoom' }).waitFor({ state: 'detached' });
    await page.context().close();
  });

  test('keeps filters and order over a reload and a visit to another section', async () => {
    const { page } = await watchedPage(browser, program.url);
    await page.goto(`${program.url}?view=tasks`);
    await page.getByRole('searchbox').fill('demo');
    await page.getByRole('combobox', { name: 'Order' }).selectOption('count');
    await page.reload();
    await page.getByRole('link', { name: 'Memory' }).click();
    await page.getByRole('link', { name: 'Async tasks' }).click();
    expect(await page.getByRole('searchbox').inputValue()).toBe('demo');
    expect(await page.getByRole('combobox', { name: 'Order' }).inputValue()).toBe('count');
    await page.context().close();
  });

  test('hides a group, remembers that, and brings it back', async () => {
    const { page } = await watchedPage(browser, program.url);
    await page.goto(`${program.url}?view=tasks&tasks.find=exchange-rates`);
    const group = page.getByRole('listitem').filter({ hasText: 'refreshExchangeRates' }).first();
    await group.getByRole('button', { name: /^Hide/ }).click();
    await page.reload();
    await page.getByRole('button', { name: '1 hidden' }).click();
    await group.getByRole('button', { name: /^Show/ }).click();
    await page.getByRole('button', { name: /hidden/ }).waitFor({ state: 'detached' });
    await group.waitFor();
    await page.context().close();
  });

  test('hands out the raw dump in the form of goroutine tools', async () => {
    const { page } = await watchedPage(browser, program.url);
    await page.goto(`${program.url}?view=tasks`);
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Raw dump' }).click(),
    ]);
    const chunks = await (await download.createReadStream()).toArray();
    expect(Buffer.concat(chunks).toString()).toMatch(/^goroutine \d+ \[/m);
    await page.context().close();
  });

  test('captures a moment and lists what grew since: the leak', async () => {
    const { page, problems } = await watchedPage(browser, program.url);
    await page.goto(`${program.url}?view=captures`);
    await page.getByRole('textbox', { name: 'Name of the capture' }).fill('before');
    await page.getByRole('button', { name: 'Capture now' }).click();
    const grown = page.getByRole('region', { name: 'Memory that grew' });
    const leak = grown.getByRole('listitem').filter({ hasText: 'rememberSession' });
    const compare = page.getByRole('button', { name: 'Compare', exact: true });
    await compare.waitFor();
    await expect
      .poll(
        async () => {
          await compare.click();
          await page.getByRole('button', { name: 'Comparing' }).waitFor({ state: 'detached' });
          return leak.count();
        },
        { timeout: 90_000, interval: 3_000 },
      )
      .toBeGreaterThan(0);
    expect(await leak.first().textContent()).toContain('scripts/demo/session-cache.ts');

    await page.reload();
    await leak.first().waitFor();
    await page.getByRole('button', { name: 'Capture now' }).click();
    await page.getByRole('combobox', { name: /^Compare/ }).selectOption('before');
    await compare.click();
    await page.getByText('In between').waitFor();
    await leak.first().waitFor();
    await page.getByRole('region', { name: 'Outside the heap that grew' }).waitFor();
    await page.getByRole('button', { name: 'Forget before' }).click();
    await page.getByRole('button', { name: 'before', exact: true }).waitFor({ state: 'detached' });
    expect(problems).toEqual([]);
    await page.context().close();
  });

  test('pauses: nothing on screen moves until it is resumed', async () => {
    const { page } = await watchedPage(browser, program.url);
    await page.goto(program.url);
    const chart = page.getByRole('slider', { name: /^CPU/ });
    await expect.poll(() => chart.getAttribute('aria-valuemax')).not.toBe('0');
    await page.getByRole('button', { name: 'Pause' }).click();
    const frozen = await chart.getAttribute('aria-valuetext');
    const sequence = await program.latestSequence();
    await expect.poll(program.latestSequence).toBeGreaterThan(sequence + 3);
    expect(await chart.getAttribute('aria-valuetext')).toBe(frozen);
    await page.getByRole('button', { name: 'Resume' }).click();
    await expect.poll(() => chart.getAttribute('aria-valuetext')).not.toBe(frozen);
    await page.context().close();
  });

  test('reads out the points of a chart by arrow keys, in all charts at once', async () => {
    const { page } = await watchedPage(browser, program.url);
    await page.goto(program.url);
    const cpu = page.getByRole('slider', { name: /^CPU/ });
    await expect
      .poll(async () => Number(await cpu.getAttribute('aria-valuemax')))
      .toBeGreaterThan(2);
    await page.getByRole('button', { name: 'Pause' }).click();
    await cpu.focus();
    await page.keyboard.press('Home');
    await expect.poll(() => cpu.getAttribute('aria-valuenow')).toBe('0');
    await page.keyboard.press('ArrowRight');
    const memory = page.getByRole('slider', { name: /^Memory\. / });
    await expect.poll(() => cpu.getAttribute('aria-valuenow')).toBe('1');
    await expect.poll(() => memory.getAttribute('aria-valuenow')).toBe('1');
    await page.context().close();
  });

  test('says in its first line what is stuck, and leads to it', async () => {
    const { page, problems } = await watchedPage(browser, program.url);
    await page.goto(program.url);
    const health = page.getByRole('region', { name: 'Health' });
    await health.getByText('left behind by ended requests').waitFor({ timeout: UNTIL_STUCK_MS });
    // Told as requests that hang, or as those that wait for the lock, once several do.
    const stuck = health.getByText(/requests? .*(?:hang|wait for) .*stock-lock\.ts/);
    await stuck.first().click();
    await page.getByRole('heading', { name: 'Requests' }).first().waitFor();
    await page.getByText('stock-lock.ts').first().waitFor();
    expect(new URL(page.url()).search).toBe('?view=requests');
    await health.getByText('left behind by ended requests').click();
    const groups = page.getByRole('list', { name: 'Groups of async tasks' });
    await groups
      .getByRole('listitem')
      .filter({ hasText: 'outlived the request' })
      .first()
      .waitFor();
    expect(new URL(page.url()).search).toBe('?view=tasks&tasks.only=stuck');
    expect(problems).toEqual([]);
    await page.context().close();
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

  test('has the whole route in the row of a task, however narrow the page is', async () => {
    const { page } = await watchedPage(browser, program.url, {
      viewport: { width: 380, height: 800 },
    });
    await page.goto(`${program.url}?view=tasks`);
    const row = page.locator('.task-row', { has: page.locator('.task-owner code') }).first();
    await row.locator('.task-owner code').waitFor();
    const isCut = await row.evaluate((element) => {
      const route = element.querySelector('.task-owner code')!;
      const box = element.getBoundingClientRect();
      const { right, bottom } = route.getBoundingClientRect();
      return (
        right > box.right ||
        bottom > box.bottom ||
        route.scrollWidth > route.clientWidth ||
        route.scrollHeight > route.clientHeight
      );
    });
    expect(isCut).toBe(false);
    await page.context().close();
  });

  test('opens GraphiQL with a first query, without leaving the host', async () => {
    const { page, problems } = await watchedPage(browser, program.url);
    await page.goto(program.url);
    const [graphiql] = await Promise.all([
      page.waitForEvent('popup'),
      page.getByRole('link', { name: 'GraphiQL' }).click(),
    ]);
    await graphiql.getByText('goroutines').first().waitFor();
    expect(problems).toEqual([]);
    await page.context().close();
  });

  test('has the answer of GraphiQL below the query where the page is narrow', async () => {
    const { page } = await watchedPage(browser, program.url, {
      viewport: { width: 380, height: 800 },
    });
    await page.goto(`${program.url}graphql`);
    await page.getByRole('button', { name: /^Execute query/ }).click();
    const result = page.locator('.result-window');
    await result.getByText('nodeVersion').waitFor();
    await page.screenshot({ path: `${SCREENSHOTS}/graphiql-narrow.png` });
    const boxOf = async (selector: string) => (await page.locator(selector).boundingBox())!;
    const query = await boxOf('.graphiql-query-editor');
    const answer = await boxOf('.result-window');
    expect(query.width).toBeGreaterThan(300);
    expect(query.height).toBeGreaterThan(150);
    expect(answer.width).toBeGreaterThan(300);
    expect(answer.height).toBeGreaterThan(200);
    expect(answer.y).toBeGreaterThan(query.y + query.height);
    await page.context().close();
  });
});

describe.runIf(hasBrowser)('GraphiQL of a program with a token', () => {
  const TOKEN = 'open-sesame';
  let browser: Browser;
  let program: Program;

  beforeAll(async () => {
    browser = await launchBrowser();
    program = await startProgram(DEMO, { PPROFQL_TOKEN: TOKEN });
  });
  afterAll(async () => {
    await program?.kill();
    await browser?.close();
  });

  /** Runs its first query, and the subscription of its last tab. */
  async function expectAnswers(graphiql: Page): Promise<void> {
    const result = graphiql.locator('.result-window');
    await graphiql.getByRole('button', { name: /^Execute query/ }).click();
    await result.getByText('nodeVersion').waitFor();
    await graphiql.getByRole('tab', { name: 'LiveMetrics' }).click();
    await graphiql.getByRole('button', { name: /^Execute query/ }).click();
    await result.getByText('heapInuse').first().waitFor();
  }

  test('has the token of the page that opens it, and no address has', async () => {
    const { page } = await watchedPage(browser, program.url);
    const addresses: string[] = [];
    page.context().on('request', (request) => addresses.push(request.url()));
    await page.goto(program.url);
    await page.getByLabel('This process asks for its access token').fill(TOKEN);
    await page.keyboard.press('Enter');
    await page.getByRole('slider', { name: /^CPU/ }).waitFor();
    const [graphiql] = await Promise.all([
      page.waitForEvent('popup'),
      page.getByRole('link', { name: 'GraphiQL' }).click(),
    ]);
    await expectAnswers(graphiql);
    expect(addresses.filter((address) => address.includes(TOKEN))).toEqual([]);
    await page.context().close();
  });

  test('asks for the token where nobody has given it', async () => {
    const { page } = await watchedPage(browser, program.url);
    await page.goto(`${program.url}graphql`);
    const field = page.getByLabel('This process asks for its access token');
    await field.fill('wrong');
    await page.keyboard.press('Enter');
    await page.getByText('That token was refused.').waitFor();
    await page.screenshot({ path: `${SCREENSHOTS}/graphiql-token.png` });
    await field.fill(TOKEN);
    await page.keyboard.press('Enter');
    await expectAnswers(page);
    await page.context().close();
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
