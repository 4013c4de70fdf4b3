import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RawAnswer, send } from '../testing/raw-http.ts';
import { serve } from '../testing/serve.ts';
import { openSilent } from '../testing/silent-clients.ts';
import { resolveInside } from './static-files.ts';

const PAGE = '<!doctype html><title>dashboard</title>';
const SCRIPT = 'console.log("dashboard");';

describe('the dashboard', () => {
  let parent: string;
  let folder: string;

  beforeAll(async () => {
    parent = await mkdtemp(join(tmpdir(), 'pprofql-dashboard-'));
    folder = join(parent, 'dashboard');
    await mkdir(join(folder, 'assets'), { recursive: true });
    await writeFile(join(parent, 'secret.json'), 'secret');
    await writeFile(join(folder, 'index.html'), PAGE);
    await writeFile(join(folder, 'notes.exe'), 'not for the web');
    await writeFile(join(folder, 'assets', 'index-D4e5f6A7.js'), SCRIPT);
    await writeFile(join(folder, 'assets', 'index-D4e5f6A7.js.br'), brotliCompressSync(SCRIPT));
    await writeFile(join(folder, 'assets', 'index-D4e5f6A7.js.gz'), gzipSync(SCRIPT));
  });
  afterAll(() => rm(parent, { recursive: true }));

  const get = async (path: string, headers = {}, method = 'GET'): Promise<RawAnswer> => {
    const { url } = await serve({ dashboardDir: folder });
    return send(url, { path, headers, method });
  };

  it('is served at the root, for the browser to ask again each time', async () => {
    const answer = await get('/');
    expect(answer).toMatchObject({ status: 200, body: PAGE });
    expect(answer.headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-cache',
    });
  });

  it('runs no script but its own, in no frame', async () => {
    const policy = String((await get('/')).headers['content-security-policy']);
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self';");
    expect(policy).toContain("frame-ancestors 'none'");
  });

  it('keeps files with a hash in their name for good', async () => {
    const { headers, body } = await get('/assets/index-D4e5f6A7.js');
    expect(body).toBe(SCRIPT);
    expect(headers).toMatchObject({
      'content-type': 'text/javascript; charset=utf-8',
      'cache-control': 'public, max-age=31536000, immutable',
    });
  });

  it.each([
    ['gzip, deflate, br', 'br'],
    ['gzip, br;q=0', 'gzip'],
    ['identity', undefined],
  ])('with accept-encoding %s comes as %s', async (accepted, encoding) => {
    const { url } = await serve({ dashboardDir: folder });
    const response = await fetch(`${url}assets/index-D4e5f6A7.js`, {
      headers: { 'accept-encoding': accepted },
    });
    expect(response.headers.get('content-encoding') ?? undefined).toBe(encoding);
    expect(response.headers.get('vary')).toBe('accept-encoding');
    expect(await response.text()).toBe(SCRIPT);
  });

  it('is not sent again to a browser that has it, and is where it has changed', async () => {
    const { etag } = (await get('/')).headers;
    const again = await get('/', { 'if-none-match': `"other", ${etag}` });
    expect(again).toMatchObject({ status: 304, body: '', headers: { etag } });
    expect(again.headers['content-security-policy']).toContain("default-src 'none'");
    await writeFile(join(folder, 'index.html'), `${PAGE} anew`);
    const changed = await get('/', { 'if-none-match': etag });
    await writeFile(join(folder, 'index.html'), PAGE);
    expect(changed).toMatchObject({ status: 200, body: `${PAGE} anew` });
  });

  it('varies by origin as well where pages of other origins may ask', async () => {
    const access = {
      token: null,
      hosts: 'loopback' as const,
      allowedHosts: [],
      allowedOrigins: ['https://dash.example'],
    };
    const { url } = await serve({ dashboardDir: folder, access });
    const { headers } = await send(url);
    expect(headers.vary).toBe('origin, accept-encoding');
  });

  it('holds a file once, however many clients do not read on', async () => {
    const FILE_BYTES = 64 * 1024 ** 2;
    await writeFile(join(folder, 'large.js'), Buffer.alloc(FILE_BYTES, ' '));
    const { url, port } = await serve({ dashboardDir: folder });
    const before = process.memoryUsage().arrayBuffers;
    const request = 'GET /large.js HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n';
    const clients = await Promise.all(Array.from({ length: 5 }, () => openSilent(port, request)));
    await Promise.all(clients.map((client) => once(client, 'data')));
    for (const client of clients) client.pause();
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(2 * FILE_BYTES);
    for (const client of clients) client.destroy();
    expect(await send(url)).toMatchObject({ status: 200 });
  });

  it('answers HEAD with the size and no body', async () => {
    expect(await get('/', {}, 'HEAD')).toMatchObject({
      status: 200,
      body: '',
      headers: { 'content-length': String(PAGE.length) },
    });
  });

  it.each([
    '/secret.json',
    '/../secret.json',
    '/%2e%2e/secret.json',
    '/assets/..%2f..%2fsecret.json',
    '/..%5csecret.json',
    '/assets',
    '/assets/',
    '/notes.exe',
    '/index.html%00.js',
    '/missing.js',
  ])('has nothing at %s', async (path) => {
    const answer = await get(path);
    expect(answer.status).toBe(404);
    expect(answer.body).not.toContain('secret');
  });
});

it('resolves no path to a file outside the folder', () => {
  expect(resolveInside('/web', '/a/b.js')).toBe('/web/a/b.js');
  expect(resolveInside('/web', '/')).toBe('/web/index.html');
  for (const path of ['/../web2/x', '/..', '/a/../../x', '/%2e%2e/x', '/%', '/\0', '/\\x']) {
    expect(resolveInside('/web', path)).toBeNull();
  }
});

it('says where the API is while the dashboard is not built', async () => {
  const { url } = await serve({ dashboardDir: null });
  const answer = await send(url);
  expect(answer).toMatchObject({ status: 200 });
  expect(answer.body).toContain('<a href="graphql">');
});

it('serves GraphiQL without a reference to any other host', async () => {
  const { graphqlUrl } = await serve();
  const { headers, body } = await send(graphqlUrl, { headers: { accept: 'text/html' } });
  expect(body).toContain('query Overview');
  expect(body).not.toMatch(/<(script|link|img|iframe)[^>]+(src|href)="https?:/i);
  const policy = String(headers['content-security-policy']);
  const nonce = /script-src 'nonce-([^']+)' blob:;/.exec(policy)?.[1];
  expect(body).toContain(`<script nonce="${nonce}">`);
  expect(policy).toContain("connect-src 'self'");
  expect(policy).not.toMatch(/https?:|\*/);
});
