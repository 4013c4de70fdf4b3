/** GraphiQL, as the page opens it and by its own address. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hasBrowser, launchBrowser, SCREENSHOTS, watchedPage } from './support/browser.ts';
import { DEMO, type Program, startProgram } from './support/program.ts';

describe.runIf(hasBrowser)('GraphiQL of the demo', () => {
  let program: Program;
  let browser: Browser;

  beforeAll(async () => {
    [program, browser] = await Promise.all([startProgram(DEMO), launchBrowser()]);
  });
  afterAll(async () => {
    await browser?.close();
    await program?.kill();
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

  test('runs the query of the tab that was just opened', async () => {
    const { page } = await watchedPage(browser, program.url);
    await page.goto(`${program.url}graphql`);
    const tab = page.getByRole('tab', { name: 'Goroutines' }).locator('button').first();
    const execute = page.getByRole('button', { name: /^Execute query/ });
    await execute.waitFor();
    // Nothing that GraphiQL does later comes between the two clicks.
    await tab.evaluate(
      (element, button) => {
        (element as HTMLElement).click();
        (button as HTMLElement).click();
      },
      await execute.elementHandle(),
    );
    await page.locator('.result-window').getByText('groups').waitFor();
    await page.context().close();
  });

  test('runs the query that was just typed by its keys', async () => {
    const { page } = await watchedPage(browser, program.url);
    await page.goto(`${program.url}graphql`);
    const editor = page.locator('.graphiql-query-editor').getByRole('textbox');
    await editor.focus();
    await page.keyboard.press('ControlOrMeta+a');
    await page.keyboard.insertText('query Other { process { v8Version } }');
    await page.keyboard.press('ControlOrMeta+Enter');
    await page.locator('.result-window').getByText('v8Version').waitFor();
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
    await result.getByText('metricsHistory').first().waitFor();
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
