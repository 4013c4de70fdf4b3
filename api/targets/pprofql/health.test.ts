/** The health of another pprofql: what it says itself, or what is judged here where it is older. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { createDiagnosticsClient, type DiagnosticsClient } from '../../../client/index.ts';
import { observed, Program } from '../../../scripts/testing/program.ts';
import { ofProgram } from '../../../scripts/testing/program-health.ts';
import { temporaryFolder } from '../../../scripts/testing/temporary-folder.ts';
import { startDiagnostics } from '../../start.ts';
import { ANSWERS_OF_0_1_0, serveOtherVersion } from './testing/other-version.ts';

const SERVER = `
import { createServer } from 'node:http';
function holdForEver() {
  for (;;);
}
const server = createServer((request, response) => {
  if (request.url === '/block') setTimeout(holdForEver, 100);
  response.end('ok');
});
server.listen(0, '127.0.0.1', () => console.log('server: http://127.0.0.1:' + server.address().port));
`;

function written(source: string): string {
  const file = path.join(temporaryFolder(), 'server.mjs');
  writeFileSync(file, source);
  return file;
}

/** A pprofql that watches these addresses. */
async function watch(targets: Readonly<Record<string, string>>): Promise<DiagnosticsClient> {
  const watching = await startDiagnostics({
    port: 0,
    asyncTracking: false,
    heapSampling: false,
    stallThresholdMs: 0,
    targets: Object.entries(targets).map(([name, url]) => ({ name, url })),
  });
  const client = createDiagnosticsClient({ url: watching.url });
  onTestFinished(async () => {
    client.dispose();
    await watching.stop();
  });
  return client;
}

it('is what that one finds, also while its thread answers nothing', async () => {
  await using shop = new Program(observed([written(SERVER)]), {
    env: { PPROFQL_INTERVAL_MS: '1000' },
  });
  const url = await shop.url();
  const client = await watch({ shop: url, same: url });
  await using direct = createDiagnosticsClient({ url });
  await vi.waitFor(async () => {
    expect(ofProgram(await client.target('shop').health())).toMatchObject({
      status: 'HEALTHY',
      sentence: ofProgram(await direct.health()).sentence,
    });
  });
  const changes = client.target('shop').healthChanges();
  expect(ofProgram((await changes.next()).value!)).toMatchObject({ status: 'HEALTHY' });

  const [, server] = await shop.printed(/^server: (http\S+)/m);
  await fetch(`${server}/block`);
  const own = await vi.waitFor(async () => {
    const [finding] = (await direct.health()).findings;
    expect(finding?.kind).toBe('BLOCKED_LOOP');
    // The stack is looked at a moment later.
    expect(finding?.culprit).not.toBeNull();
    return finding;
  });
  const told = (await client.target('shop').health()).findings[0];
  expect(told).toMatchObject({
    kind: 'BLOCKED_LOOP',
    severity: own?.severity,
    since: own?.since,
    culprit: own?.culprit,
    stack: own?.stack,
    nextStep: own?.nextStep,
  });
  expect(told?.sentence).toContain('holdForEver');
  const same = (await client.target('same').health()).findings[0];
  expect(new Set([own?.id, told?.id, same?.id]).size).toBe(3);
  for (;;) {
    const { value } = await changes.next();
    if (value === undefined) throw new Error('the subscription ended');
    if (value.findings[0]?.kind !== 'BLOCKED_LOOP') continue;
    expect(value.findings[0].id).toBe(told?.id);
    break;
  }
});

it('is judged here where that one is older, and does not tell', async () => {
  const frame = { function: 'settleOrders', file: '/app/shop.js', path: 'shop.js', line: 7 };
  const old = await serveOtherVersion({
    answers: {
      eventLoop: {
        ...ANSWERS_OF_0_1_0.eventLoop,
        state: 'RUNNING_JAVASCRIPT',
        blockedForMs: 30_000,
        stack: {
          captures: 1,
          capturedAt: '2026-01-01T00:00:00.000Z',
          isNativeCaller: false,
          frames: [{ ...frame, origin: 'OWN' }],
        },
      },
    },
  });
  const client = await watch({ old: old.url });
  const { status, findings } = await client.target('old').health();
  expect(status).toBe('CRITICAL');
  expect(findings[0]).toMatchObject({
    kind: 'BLOCKED_LOOP',
    culprit: { function: 'settleOrders' },
  });
});
