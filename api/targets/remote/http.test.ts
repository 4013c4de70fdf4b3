import { setImmediate } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { type Answer, serveFakeGo, silence, status, text } from '../testing/fake-go-server.ts';
import { createTargetHttp, type TargetRequest } from './http.ts';

const LIMITS = { timeoutMs: 10_000, maxBytes: 1_000 };

/** Asks a server that answers so; gives the body, or the code and message of the error. */
async function ask(
  answer: Answer,
  request: Partial<TargetRequest> = {},
  token: string | null = null,
): Promise<{ body?: string; code?: string; message?: string }> {
  await using server = await serveFakeGo({ '/x': answer });
  const lifetime = new AbortController().signal;
  const http = createTargetHttp({ name: 'shop', url: `${server.url}/`, token, lifetime });
  try {
    return { body: (await http({ path: '/x', ...LIMITS, ...request })).toString() };
  } catch (error) {
    const { code, message } = error as Error & { code: string };
    return { code, message };
  }
}

const redirectTo = (location: string) => status(302, { location });

describe('a request to a target', () => {
  it('gives the body', async () => {
    expect(await ask(text('hello'))).toEqual({ body: 'hello' });
  });

  it('carries the token', async () => {
    const echo: Answer = (request, response) => response.end(request.headers.authorization);
    expect(await ask(echo, {}, 'secret')).toEqual({ body: 'Bearer secret' });
  });

  it('posts JSON', async () => {
    const echo: Answer = (request, response) => request.pipe(response);
    expect(await ask(echo, { json: { query: '{a}' } })).toEqual({ body: '{"query":"{a}"}' });
  });

  it('gives up on a target that is silent', async () => {
    expect(await ask(silence, { timeoutMs: 50 })).toEqual({
      code: 'TARGET_FAILED',
      message: 'target shop did not answer /x within 0.05 s',
    });
  });

  it('gives up on a body that does not end', async () => {
    const endless: Answer = (_request, response) => void response.write('a');
    expect(await ask(endless, { timeoutMs: 50 })).toMatchObject({ code: 'TARGET_FAILED' });
  });

  it('refuses a body that is too large', async () => {
    expect(await ask(text('a'.repeat(1_001)))).toEqual({
      code: 'LIMIT_EXCEEDED',
      message: 'target shop answered /x with more than 1000 bytes',
    });
  });

  it('refuses a small body that unpacks to too much', async () => {
    const bomb: Answer = (_request, response) =>
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(Buffer.alloc(50e6)));
    expect(await ask(bomb)).toMatchObject({ code: 'LIMIT_EXCEEDED' });
  });

  it('keeps the end of a large body where that is wanted', async () => {
    const body = `${'a'.repeat(1e6)}${'b'.repeat(1_000)}`;
    const { body: kept } = await ask(text(body), { keepsEnd: true });
    expect(kept?.endsWith('b'.repeat(1_000))).toBe(true);
    expect(kept!.length).toBeLessThan(200_000);
  });

  it('notices a body that is cut off', async () => {
    const cut: Answer = (_request, response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('only this', () => response.destroy());
    };
    expect(await ask(cut)).toMatchObject({ code: 'TARGET_FAILED' });
  });

  it('follows a redirect within the host', async () => {
    let redirects = 0;
    const once: Answer = (...to) =>
      redirects++ === 0 ? redirectTo('/x')(...to) : text('there')(...to);
    expect(await ask(once)).toEqual({ body: 'there' });
  });

  it('refuses a redirect to another host', async () => {
    expect(await ask(redirectTo('http://127.0.0.1:9/debug'))).toEqual({
      code: 'TARGET_FAILED',
      message:
        'target shop redirects /x to another scheme, host or port, which is refused; set its url to where it is',
    });
  });

  it('refuses a redirect to another scheme of the same host and port', async () => {
    // What begins with https in the other direction would show its token to everybody on the way.
    const downgraded: Answer = (request, response) =>
      redirectTo(`https://${request.headers.host}/x`)(request, response);
    expect(await ask(downgraded, {}, 'secret')).toMatchObject({
      code: 'TARGET_FAILED',
      message: expect.stringContaining('to another scheme, host or port, which is refused'),
    });
  });

  it('refuses to be redirected for ever', async () => {
    expect(await ask(redirectTo('/x'))).toMatchObject({
      message: 'target shop redirects /x again and again',
    });
  });

  it('tells what is not there from what fails', async () => {
    expect(await ask(status(404))).toMatchObject({ code: 'NOT_FOUND' });
    expect(await ask(status(500))).toEqual({
      code: 'TARGET_FAILED',
      message: 'target shop answered /x with 500: refused',
    });
  });

  it('says that a token is missing or wrong, and does not repeat it', async () => {
    const missing = await ask(status(401));
    expect(missing.message).toBe('target shop refuses /x (401: refused); it may need a token');
    const wrong = await ask(status(403), {}, 'secret');
    expect(wrong.message).toBe('target shop refuses /x (403: refused); its token may be wrong');
  });

  it('says why nobody can be reached', async () => {
    const server = await serveFakeGo();
    await server[Symbol.asyncDispose]();
    const lifetime = new AbortController().signal;
    const http = createTargetHttp({ name: 'shop', url: server.url, token: null, lifetime });
    await expect(http({ path: '/x', ...LIMITS })).rejects.toThrow(/ECONNREFUSED/);
  });

  it('asks once more where the target gives up the connection that was used before', async () => {
    const answered = new Set<unknown>();
    let asked = 0;
    const forgetful: Answer = ({ socket }, response) => {
      asked += 1;
      if (answered.has(socket)) return void socket.end();
      answered.add(socket);
      response.end('hello');
    };
    await using server = await serveFakeGo({ '/x': forgetful });
    const lifetime = new AbortController().signal;
    const http = createTargetHttp({ name: 'shop', url: server.url, token: null, lifetime });
    await http({ path: '/x', ...LIMITS });
    // Only then is its connection free for the next.
    await setImmediate();
    expect(String(await http({ path: '/x', ...LIMITS }))).toBe('hello');
    expect(asked).toBe(3);
  });

  it('ends when the diagnostics are stopped', async () => {
    await using server = await serveFakeGo({ '/x': silence });
    const lifetime = new AbortController();
    const address = { name: 'shop', url: server.url, token: null };
    const http = createTargetHttp({ ...address, lifetime: lifetime.signal });
    const answer = http({ path: '/x', ...LIMITS });
    lifetime.abort();
    await expect(answer).rejects.toMatchObject({ code: 'STOPPED' });
  });
});
