/** A browser, and pages that remember everything suspicious that happened in them. */
import { existsSync } from 'node:fs';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { onTestFailed } from 'vitest';

const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';
/** A page shows what a program does, which takes long on a busy machine. */
const PATIENCE_MS = 60_000;
/** Where pictures of the page are kept, for people to look at. */
export const SCREENSHOTS = 'screenshots';
export const hasBrowser = existsSync(CHROMIUM);

export function launchBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: CHROMIUM,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

export interface WatchedPage {
  page: Page;
  /** Errors on the console or thrown, and requests to any other host; none in a good run. */
  problems: string[];
  /** WebSockets that the page opened. */
  sockets: string[];
}

/**
 * A new page in a context of its own (own storage), nothing loaded yet. Where its test fails, what
 * stands on it is printed: a locator that waits in vain does not tell what was there instead.
 */
export async function watchedPage(
  browser: Browser,
  url: string,
  options: BrowserContextOptions = {},
): Promise<WatchedPage> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...options });
  context.setDefaultTimeout(PATIENCE_MS);
  const page = await context.newPage();
  const problems: string[] = [];
  const sockets: string[] = [];
  const { host } = new URL(url);
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) problems.push(message.text());
  });
  page.on('pageerror', (error) => problems.push(String(error)));
  page.on('request', (request) => {
    const requested = new URL(request.url());
    if (requested.protocol.startsWith('http') && requested.host !== host) {
      problems.push(`request to ${request.url()}`);
    }
  });
  page.on('websocket', (socket) => {
    sockets.push(socket.url());
    if (new URL(socket.url()).host !== host) problems.push(`WebSocket to ${socket.url()}`);
  });
  onTestFailed(async () => {
    if (page.isClosed()) return;
    console.error(
      `${page.url()}\n${problems.join('\n')}\n${await page.locator('body').innerText()}`,
    );
  });
  return { page, problems, sockets };
}
