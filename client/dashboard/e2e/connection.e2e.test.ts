/** What the page does when the connection, the process or the network does not do its part. */
import { dirname, join } from 'node:path';
import type { Browser, Page, WebSocketRoute } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { hasBrowser, launchBrowser, SCREENSHOTS, watchedPage } from './support/browser.ts';
import { type Program, startProgram } from './support/program.ts';
import { blockable, mountedBelow, release, writeProgram } from './support/programs.ts';

const API = /\/graphql$/;

describe.runIf(hasBrowser)('the connection', () => {
  let browser: Browser;
  let idleFile: string;
  let programs: Program[] = [];

  async function start(environment?: Record<string, string>): Promise<Program> {
    const program = await startProgram(idleFile, environment);
    programs.push(program);
    return program;
  }

  beforeAll(async () => {
    idleFile = await writeProgram(`
      process.on('SIGTERM', () => process.exit(143));
      setInterval(() => {}, 1000);
    `);
    browser = await launchBrowser();
  });
  afterEach(async () => {
    await Promise.all(programs.map((program) => program.kill()));
    programs = [];
  });
  afterAll(() => browser?.close());

  const pointCount = async (page: Page) =>
    Number(await page.getByRole('slider', { name: /^CPU/ }).getAttribute('aria-valuemax')) + 1;

  test('tells that the process is gone, and starts new charts with its next start', async () => {
    const blackBox = { PPROFQL_BLACK_BOX: join(dirname(idleFile), 'boxes') };
    const first = await start(blackBox);
    const { page } = await watchedPage(browser, first.url);
    await page.goto(first.url);
    await expect.poll(() => pointCount(page)).toBeGreaterThan(3);
    await first.kill();
    await page.getByRole('alert').filter({ hasText: 'No connection for' }).waitFor();
    await page.getByText('Connection lost, trying again').waitFor();
    await page.screenshot({ path: `${SCREENSHOTS}/lost-connection.png` });

    await start({ PPROFQL_PORT: first.port, ...blackBox });
    await page.getByText('The process was restarted at').waitFor();
    await page.screenshot({ path: `${SCREENSHOTS}/restarted.png` });
    await page.getByRole('button', { name: 'Dismiss' }).click();
    expect(await page.getByRole('alert').count()).toBe(0);
    await expect.poll(() => pointCount(page)).toBeGreaterThan(1);

    // The finding leads to what that run held at last.
    const KILLED = /^The run before was killed at/;
    await page.getByRole('link', { name: KILLED }).click();
    const run = page.getByRole('region', { name: 'The run before' });
    await run.getByRole('button', { name: KILLED, expanded: true }).waitFor();
    await run.getByText('Its heap was never read.').waitFor();
    await page.screenshot({ path: `${SCREENSHOTS}/previous-run.png` });
    await page.context().close();
  });

  test('leaves a zoom into a process that has ended, since its charts would be empty', async () => {
    const first = await start();
    const { page } = await watchedPage(browser, first.url);
    await page.goto(first.url);
    await expect.poll(() => pointCount(page)).toBeGreaterThan(3);
    const box = (await page.getByRole('slider', { name: /^CPU/ }).boundingBox())!;
    const middle = box.y + box.height / 2;
    await page.mouse.move(box.x + box.width * 0.3, middle);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.8, middle, { steps: 5 });
    await page.mouse.up();
    const leave = page.getByRole('button', { name: 'Leave zoom' });
    await leave.waitFor();

    await first.kill();
    await start({ PPROFQL_PORT: first.port });
    await page.getByText('The process was restarted at').waitFor();
    await leave.waitFor({ state: 'detached' });
    await expect.poll(() => pointCount(page)).toBeGreaterThan(1);
    await page.context().close();
  });

  test('fills the gap after a cut, without a point lost or twice', async () => {
    const program = await start({ PPROFQL_INTERVAL_MS: '200', PPROFQL_HISTORY: '300' });
    const { page } = await watchedPage(browser, program.url);
    const routes: WebSocketRoute[] = [];
    let isCut = false;
    await page.routeWebSocket(API, (route) => {
      if (isCut) return void route.close({ code: 1011 });
      route.connectToServer();
      routes.push(route);
    });
    await page.route(API, (route) => (isCut ? route.abort() : route.continue()));
    await page.goto(program.url);
    await expect.poll(() => pointCount(page)).toBeGreaterThan(3);
    isCut = true;
    await routes[0]?.close({ code: 1011 });
    await page.getByRole('alert').waitFor();
    const before = await pointCount(page);
    isCut = false;
    await page.getByRole('button', { name: 'Try now' }).click();
    await expect.poll(() => pointCount(page)).toBeGreaterThan(before + 4);
    expect(await page.getByText('points are missing').count()).toBe(0);
    expect(await page.getByText('was restarted').count()).toBe(0);
    await page.context().close();
  });

  test('goes on over HTTP where WebSockets stop working, without a point lost', async () => {
    const program = await start({ PPROFQL_INTERVAL_MS: '200', PPROFQL_HISTORY: '300' });
    const { page } = await watchedPage(browser, program.url);
    const routes: WebSocketRoute[] = [];
    await page.routeWebSocket(API, (route) => {
      if (routes.length > 0) return void route.close({ code: 1006 });
      route.connectToServer();
      routes.push(route);
    });
    await page.goto(program.url);
    await expect.poll(() => pointCount(page)).toBeGreaterThan(3);
    await routes[0]?.close({ code: 1006 });
    await page.getByText('Live over HTTP').waitFor();
    const before = await pointCount(page);
    await expect.poll(() => pointCount(page)).toBeGreaterThan(before + 4);
    expect(await page.getByText('points are missing').count()).toBe(0);
    await page.context().close();
  });

  test('goes over HTTP where WebSockets are blocked', async () => {
    const program = await start();
    const { page } = await watchedPage(browser, program.url);
    await page.routeWebSocket(API, (route) => route.close({ code: 1006 }));
    await page.goto(program.url);
    await page.getByText('Live over HTTP').waitFor();
    await expect.poll(() => pointCount(page)).toBeGreaterThan(2);
    await page.getByRole('link', { name: 'Async tasks' }).click();
    await page.getByRole('listitem').filter({ hasText: 'timer' }).first().waitFor();
    await page.context().close();
  });

  test('goes back to a WebSocket where the network that blocked it has been left', async () => {
    const program = await start({ PPROFQL_INTERVAL_MS: '200', PPROFQL_HISTORY: '300' });
    const { page } = await watchedPage(browser, program.url);
    let isBlocked = true;
    await page.routeWebSocket(API, (route) => {
      if (isBlocked) return void route.close({ code: 1006 });
      route.connectToServer();
    });
    await page.goto(program.url);
    await page.getByText('Live over HTTP').waitFor();
    await expect.poll(() => pointCount(page)).toBeGreaterThan(3);
    const before = await pointCount(page);
    isBlocked = false;
    await page.evaluate("window.dispatchEvent(new Event('online'))");
    await page.getByText('Live', { exact: true }).waitFor();
    await expect.poll(() => pointCount(page)).toBeGreaterThan(before + 4);
    expect(await page.getByText('points are missing').count()).toBe(0);
    await page.context().close();
  });

  test('works below any path that a server mounts it at', async () => {
    const file = await writeProgram(mountedBelow('/debug/pprofql'));
    const program = await startProgram(file, { PPROFQL: 'off' });
    programs.push(program);
    const { page, problems, sockets } = await watchedPage(browser, program.url);
    await page.goto(program.url);
    await page.getByText('resident').first().waitFor();
    await page.getByText('not watched: the diagnostics are mounted').waitFor();
    await page.getByRole('link', { name: 'Async tasks' }).click();
    await page.getByText('Tracking costs').waitFor();
    expect(sockets).toEqual([program.url.replace('http', 'ws').concat('graphql')]);
    expect(problems).toEqual([]);
    await page.context().close();
  });

  test('asks once for the token and keeps it for the session', async () => {
    const program = await start({ PPROFQL_TOKEN: 'open-sesame' });
    const { page, problems } = await watchedPage(browser, program.url);
    await page.goto(program.url);
    const field = page.getByLabel('This process asks for its access token');
    await field.fill('wrong');
    await page.keyboard.press('Enter');
    await page.getByText('That token was refused.').waitFor();
    await page.screenshot({ path: `${SCREENSHOTS}/token.png` });
    await field.fill('open-sesame');
    await page.keyboard.press('Enter');
    await page.getByText('resident').first().waitFor();
    await page.reload();
    await page.getByText('resident').first().waitFor();
    expect(await page.evaluate('Object.keys(localStorage)')).toEqual([]);
    // The probe that tells a missing token from a blocked WebSocket shows on the console as 401.
    expect(problems.filter((problem) => !problem.includes('401'))).toEqual([]);
    await page.context().close();
  });

  test('goes on after the machine has slept', async () => {
    const program = await start({ PPROFQL_INTERVAL_MS: '200', PPROFQL_HISTORY: '300' });
    const { page } = await watchedPage(browser, program.url);
    await page.clock.install();
    await page.goto(program.url);
    await expect.poll(() => pointCount(page)).toBeGreaterThan(3);
    const before = await pointCount(page);
    await page.clock.fastForward('30:00');
    await expect.poll(() => pointCount(page)).toBeGreaterThan(before + 4);
    expect(await page.getByText('points are missing').count()).toBe(0);
    await page.context().close();
  });

  test('says why figures are missing instead of leaving a blank', async () => {
    const program = await start({ PPROFQL_HEAP: 'off', PPROFQL_ASYNC: 'off' });
    const { page, problems } = await watchedPage(browser, program.url);
    await page.goto(`${program.url}?view=memory`);
    await page.getByText('No allocation profile here').waitFor();
    expect(await page.getByText('PPROFQL_HEAP').count()).toBeGreaterThan(0);
    await page.screenshot({ path: `${SCREENSHOTS}/without-heap.png` });
    await page.getByRole('link', { name: 'Async tasks' }).click();
    await page.getByText('Async tasks are not tracked').waitFor();
    await page.screenshot({ path: `${SCREENSHOTS}/without-tasks.png` });
    expect(problems).toEqual([]);
    await page.context().close();
  });

  test('says for how long the process has not answered, marks it, and recovers', async () => {
    const file = await writeProgram(blockable());
    const program = await startProgram(file);
    programs.push(program);
    const { page } = await watchedPage(browser, program.url);
    await page.goto(program.url);
    await expect.poll(() => pointCount(page)).toBeGreaterThan(1);
    program.block();
    await page.getByText(/Not answering for \d+\ss: /).waitFor();
    await page.locator('.tag', { hasText: 'not answering' }).first().waitFor();
    await page.screenshot({ path: `${SCREENSHOTS}/blocked.png` });
    await release(file);
    await page.getByText('Not answering').first().waitFor({ state: 'detached' });
    await page.context().close();
  });
});
