import { fileURLToPath } from 'node:url';
import { expect, it, onTestFinished, vi } from 'vitest';
import { observe } from '../../client/testing/fixtures.ts';
import { Program } from '../testing/program.ts';

const WATCH = fileURLToPath(new URL('../watch.ts', import.meta.url));

function runWatch(url: string, env: NodeJS.ProcessEnv = {}): Program {
  const program = new Program([WATCH, url], { env });
  onTestFinished(() => program.kill());
  return program;
}

const lines = (text: string) => text.split('\n').filter((line) => line !== '');

it('prints a line for the newest point and for each new one, and ends with Ctrl-C', async () => {
  const observed = await observe({ points: 5, token: 'right' });
  const watch = runWatch(observed.url, { PPROFQL_TOKEN: 'right' });
  await vi.waitUntil(() => lines(watch.stdout).length === 1);
  observed.tick();
  await vi.waitUntil(() => lines(watch.stdout).length === 2);
  for (const line of lines(watch.stdout))
    expect(line).toMatch(/^cpu 10 % .* tasks( · Healthy\.)?$/);
  watch.signal('SIGINT');
  expect(await watch.ended).toMatchObject({ code: 0 });
  expect(watch.stderr).toBe('');
});

it('waits for a process that is restarted, and goes on', async () => {
  const before = await observe({ points: 1 });
  const watch = runWatch(before.url);
  await vi.waitUntil(() => lines(watch.stdout).length === 1);
  await before.stop();
  await vi.waitUntil(() => watch.stdout.includes('trying again in'));
  await observe({ port: before.port, points: 1, instanceId: 'second' });
  await vi.waitUntil(() => lines(watch.stdout).at(-1)?.startsWith('cpu'));
  watch.signal('SIGINT');
  expect(await watch.ended).toMatchObject({ code: 0 });
});

it.each([
  ['an address where nobody listens', async () => (await stopped()).url, /cannot reach http/],
  ['what is no address', async () => 'nonsense', /url is "nonsense"/],
  ['a process that wants a token', async () => (await observe({ token: 'x' })).url, /token/],
])('says in one line what is wrong with %s', async (_name, url, message) => {
  const watch = runWatch(await url());
  expect(await watch.ended).toMatchObject({ code: 1 });
  expect(watch.stdout).toBe('');
  expect(lines(watch.stderr)).toEqual([expect.stringMatching(message)]);
});

async function stopped() {
  const observed = await observe();
  await observed.stop();
  return observed;
}
