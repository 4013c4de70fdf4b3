/** A Go target in a list of targets, over a server that answers as Go does. */
import { onTestFinished } from 'vitest';
import { resolveOptions } from '../../base/options/resolve.ts';
import type { TargetOptions } from '../../base/options/targets.ts';
import { fakeDiagnostics } from '../../server/testing/fake-diagnostics.ts';
import { withTargets } from '../list.ts';
import { type FakeGoServer, serveFakeGo } from './fake-go-server.ts';

export async function fakeGo(answers: FakeGoServer['answers'] = {}): Promise<FakeGoServer> {
  const server = await serveFakeGo(answers);
  onTestFinished(() => server[Symbol.asyncDispose]());
  return server;
}

export function watch(targets: TargetOptions[], intervalMs = 10) {
  const list = withTargets(fakeDiagnostics(), resolveOptions({ targets, intervalMs }, {}));
  onTestFinished(list.stopTargets);
  return list;
}

export async function watchOne(answers: FakeGoServer['answers'] = {}, options = {}) {
  const server = await fakeGo(answers);
  const list = watch([{ name: 'shop', url: server.url, kind: 'GO', ...options }]);
  return { server, list, shop: list.target('shop') };
}
