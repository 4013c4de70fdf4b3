/** Every section against the demo program: its bugs are there by name, and the page behaves. */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { seriousViolations } from './support/accessibility.ts';
import { hasBrowser, launchBrowser, SCREENSHOTS, watchedPage } from './support/browser.ts';
import { DEMO, PROOFS, type Program, startProgram } from './support/program.ts';

/**
 * Work counts as stuck after a minute, and the demo needs a moment more to hang; it must outgrow its own
 * start-up, and the heap be read again after that. On a busy machine each takes several times as long.
 */
const UNTIL_BUGS_SHOW_MS = 180_000;

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

  test('captures a moment and lists what grew since: the leak', {
    timeout: 3 * UNTIL_BUGS_SHOW_MS,
  }, async () => {
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
        { timeout: UNTIL_BUGS_SHOW_MS, interval: 3_000 },
      )
      .toBeGreaterThan(0);
    expect(await leak.first().textContent()).toContain('scripts/demo/session-cache.ts');

    await page.reload();
    await leak.first().waitFor({ timeout: UNTIL_BUGS_SHOW_MS });
    await page.getByRole('button', { name: 'Capture now' }).click();
    await page.getByRole('combobox', { name: /^Compare/ }).selectOption('before');
    await compare.click();
    await page.getByText('In between').waitFor();
    await leak.first().waitFor({ timeout: UNTIL_BUGS_SHOW_MS });
    await page.getByRole('region', { name: 'Outside the heap that grew' }).waitFor();
    await page.getByRole('button', { name: 'Forget before' }).click();
    await page.getByRole('button', { name: 'before', exact: true }).waitFor({ state: 'detached' });
    expect(problems).toEqual([]);
    await page.context().close();
  });

  test('moves nothing away from under a press: a finding that is told meanwhile shows after the click', async () => {
    const { page } = await watchedPage(browser, program.url);
    const findings: (() => void)[] = [];
    let areHeld = true;
    await page.routeWebSocket(/./, (socket) => {
      const server = socket.connectToServer();
      server.onMessage((message) => {
        const isFinding = /"findings":\[\{/.test(String(message));
        if (isFinding && areHeld) findings.push(() => socket.send(message));
        else socket.send(message);
      });
    });
    await page.goto(`${program.url}?view=captures`);
    await page.getByRole('textbox', { name: 'Name of the capture' }).fill('pressed');
    const capture = page.getByRole('button', { name: 'Capture now' });
    await expect.poll(() => findings.length).toBeGreaterThan(0);
    // Only now: what the page tells as it opens moves the button too.
    await capture.hover();
    await page.mouse.down();
    areHeld = false;
    for (const deliver of findings) deliver();
    const aFrame =
      'new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))';
    await page.evaluate(aFrame);
    await page.mouse.up();
    await page.getByRole('button', { name: 'pressed', exact: true }).waitFor();
    await page.getByRole('region', { name: 'Health' }).getByText('Next step:').first().waitFor();
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

  test('leaves the cursor where it is when the kind of the target is told late', async () => {
    const { page } = await watchedPage(browser, program.url);
    const held: (() => void)[] = [];
    const heldIds = new Set<string>();
    await page.routeWebSocket(/./, (socket) => {
      const server = socket.connectToServer();
      server.onMessage((message) => {
        const { id } = JSON.parse(String(message)) as { id: string };
        if (String(message).includes('"targets":') && held.length === 0) heldIds.add(id);
        if (heldIds.has(id)) held.push(() => socket.send(message));
        else socket.send(message);
      });
    });
    await page.goto(program.url);
    const cpu = page.getByRole('slider', { name: /^CPU/ });
    const last = async () => Number(await cpu.getAttribute('aria-valuemax'));
    await expect.poll(last).toBeGreaterThan(2);
    await expect.poll(() => held.length).toBeGreaterThan(0);
    await page.getByRole('button', { name: 'Pause' }).click();
    await cpu.press('Home');
    await cpu.press('ArrowRight');
    await expect.poll(() => cpu.getAttribute('aria-valuenow')).toBe('1');
    const canvas = await cpu.locator('canvas').elementHandle();
    const notYetKnown = page.getByRole('option', { name: 'Choose a target' });
    await notYetKnown.waitFor({ state: 'attached' });

    heldIds.clear();
    for (const deliver of held) deliver();
    await notYetKnown.waitFor({ state: 'detached' });
    expect(await cpu.getAttribute('aria-valuenow')).toBe('1');
    expect(await canvas?.evaluate((element) => element.isConnected)).toBe(true);
    await page.context().close();
  });

  test('says in its first line what is stuck, and leads to it', {
    timeout: 2 * UNTIL_BUGS_SHOW_MS,
  }, async () => {
    const { page, problems } = await watchedPage(browser, program.url);
    await page.goto(program.url);
    const health = page.getByRole('region', { name: 'Health' });
    await health
      .getByText('left behind by ended requests')
      .waitFor({ timeout: UNTIL_BUGS_SHOW_MS });
    await health
      .getByText(/^Next step: /)
      .first()
      .waitFor();
    // A notice beside a warning keeps the mark of a notice.
    const turned = await health.evaluate((region) => {
      const list = region.querySelector('.health-others')!;
      const item = list.appendChild(document.createElement('li'));
      item.className = 'health-unknown';
      const mark = item.appendChild(document.createElement('i'));
      mark.className = 'health-mark';
      const { rotate } = getComputedStyle(mark);
      item.remove();
      return rotate;
    });
    expect(turned).toBe('none');
    // Told as requests that hang until several do: with that other finding the line would go under a click.
    const stuck = health.getByText(/requests wait for .*stock-lock\.ts/).first();
    await stuck.waitFor({ timeout: UNTIL_BUGS_SHOW_MS });
    await stuck.click();
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
});

test.runIf(hasBrowser)(
  'the tasks that can never go on are proven once that is agreed to',
  async () => {
    const program = await startProgram(PROOFS, { PPROFQL_PAUSE_BUDGET_PERCENT: '100' });
    const browser = await launchBrowser();
    try {
      const { page, problems } = await watchedPage(browser, program.url);
      await page.goto(`${program.url}?view=tasks`);
      await page.getByRole('button', { name: 'Prove which can never go on' }).click();
      await page.getByRole('button', { name: 'Leave it' }).click();
      await page.getByRole('button', { name: 'Prove which can never go on' }).click();
      await page.getByRole('button', { name: 'Stop it and look' }).click();
      const proofs = page.getByRole('region', { name: 'What can never go on' });
      await proofs.getByRole('heading', { name: /^30 calls of \d+ can never go on$/ }).waitFor();
      const forgotten = proofs.getByRole('listitem').filter({ hasText: 'askForgotten' }).first();
      await forgotten.getByText('nobody can settle it any more').click();
      await forgotten.getByText('program.mjs:13').last().waitFor();
      await proofs.getByText(/still waits for what `queue` Array in .* can settle/).waitFor();
      await page.screenshot({ path: `${SCREENSHOTS}/proofs.png` });
      expect(await seriousViolations(page)).toEqual([]);
      await page.getByRole('button', { name: 'Look again' }).click();
      await page.getByRole('button', { name: 'Stop it and look' }).waitFor();
      expect(problems).toEqual([]);
    } finally {
      await browser.close();
      await program.kill();
    }
  },
);
