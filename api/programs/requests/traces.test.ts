/**
 * What is told of the traces of a real program under OpenTelemetry, with pprofql preloaded.
 * `PPROFQL_TEST_NODE` is the Node it runs on. @default the one that runs the tests
 */

import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { Profile } from 'pprof-format';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import {
  type CpuProfile,
  createDiagnosticsClient,
  type DiagnosticsClient,
} from '../../../client/index.ts';
import { launchObserved, type Program } from '../../../scripts/testing/program.ts';

const PROGRAM = fileURLToPath(
  new URL('../../../scripts/fixtures/traced/program.mjs', import.meta.url),
);
/** Of code that V8 compiled before a profile, V8 may count some as its caller; interpreted code never. */
const INTERPRETED = ['--no-sparkplug', '--no-maglev', '--no-opt'];
const trace = (digit: string) => digit.repeat(32);
const REQUEST_SPAN = 'a'.repeat(16);
const PART_SPAN = 'b'.repeat(16);

let program: Program;
let client: DiagnosticsClient;
let url: string;

beforeAll(async () => {
  program = launchObserved([...INTERPRETED, PROGRAM], {
    env: {
      OTEL_SERVICE_NAME: 'shop',
      OTEL_RESOURCE_ATTRIBUTES: 'service.name=unused,service.instance.id=shop-1',
    },
  });
  url = await program.url();
  client = createDiagnosticsClient({ url });
  await client.process();
});
afterAll(async () => {
  client?.dispose();
  await program.kill();
});

async function ask(path: string): Promise<string> {
  const [, port] = await program.printed(/^(\d+)$/m);
  return (await fetch(`http://127.0.0.1:${port}${path}`)).text();
}

/** Of requests that are served one after the other, so that no span can be another's. */
async function profileOfBurning(): Promise<CpuProfile> {
  let isTaken = false;
  const taken = client.takeCpuProfile({ seconds: 1.5 }).finally(() => {
    isTaken = true;
  });
  while (!isTaken) {
    await ask('/burn/1');
    await ask('/burn/2');
  }
  const result = await taken;
  expect(result).toMatchObject({ __typename: 'CpuProfile' });
  return result as CpuProfile;
}

const bothIn = (span: string) =>
  ['1', '2'].map((digit) => `route=GET /burn/:id span_id=${span} trace_id=${trace(digit)}`);

/** Labels of the samples of each function, and how many nanoseconds they stand for. */
async function labelsByFunction(address: string): Promise<Map<string, Map<string, number>>> {
  const file = await (await fetch(new URL(address, url))).arrayBuffer();
  const profile = Profile.decode(gunzipSync(new Uint8Array(file)));
  const text = (index: number | bigint) => profile.stringTable.strings[Number(index)]!;
  const functions = new Map(profile.function.map(({ id, name }) => [id, text(name)]));
  const names = new Map(
    profile.location.map(({ id, line }) => [id, functions.get(line[0]!.functionId)!]),
  );
  const found = new Map<string, Map<string, number>>();
  for (const { locationId, label, value } of profile.sample) {
    const labels = label.map(({ key, str }) => `${text(key)}=${text(str)}`).sort();
    for (const name of new Set(locationId.map((id) => names.get(id)!))) {
      const ofName = found.get(name) ?? new Map<string, number>();
      found.set(name, ofName);
      const key = labels.join(' ');
      ofName.set(key, (ofName.get(key) ?? 0) + Number(value[1]));
    }
  }
  return found;
}

describe('a program under OpenTelemetry', () => {
  it('has the CPU time of a profile labeled with traces and spans', async () => {
    // A busy machine may be late with the sampler, or not get through all of it within the time.
    await vi.waitFor(async () => {
      const { downloadUrl, traces } = await profileOfBurning();
      expect(traces.map(({ traceId }) => traceId).sort()).toEqual([trace('1'), trace('2')]);
      const labels = await labelsByFunction(downloadUrl);
      const found = ['burnAtOnce', 'burnInPart', 'burnAfterwards', 'burnForNobody'].map((name) => [
        name,
        [...(labels.get(name)?.keys() ?? [])].sort(),
      ]);
      expect(Object.fromEntries(found)).toEqual({
        burnAtOnce: bothIn(REQUEST_SPAN),
        burnInPart: bothIn(PART_SPAN),
        burnAfterwards: bothIn(REQUEST_SPAN),
        burnForNobody: [''],
      });
    });
  });

  it('has its own errors pass through what a profile puts in their way', async () => {
    const taken = client.takeCpuProfile({ seconds: 60 });
    await vi.waitFor(async () => expect(await ask('/manager/4')).toContain('with'));
    expect(await ask('/fail/3')).toBe('RangeError: from a handler');
    await client.cancelCpuProfile();
    await taken.catch(() => {});
  });

  it('has its context manager back as it was once no profile is taken', async () => {
    await vi.waitFor(async () => expect(await ask('/manager/4')).not.toContain('with'));
  });

  it('has requests and tasks told by their trace', async () => {
    ask('/hang/5').catch(() => {});
    await vi.waitFor(async () => {
      const requests = await client.requests();
      expect(requests?.[0]).toMatchObject({ traceId: trace('5'), spanId: REQUEST_SPAN });
    });
    const { groups } = await client.goroutines();
    const hanging = groups.find(({ culprit }) => culprit?.function.includes('hang'));
    expect(hanging).toMatchObject({
      spans: [{ traceId: trace('5'), spanId: REQUEST_SPAN, count: 1 }],
    });
    const labels = await labelsOfTasks();
    expect(labels).toContainEqual(
      expect.stringContaining(`span_id=${REQUEST_SPAN} state=await trace_id=${trace('5')}`),
    );
  });

  it('is told by the name that OpenTelemetry’s variables give it', async () => {
    expect(await client.process()).toMatchObject({
      serviceName: 'shop',
      serviceInstanceId: 'shop-1',
    });
  });
});

async function labelsOfTasks(): Promise<string[]> {
  const found = await labelsByFunction('debug/pprof/goroutine');
  return [...found.values()].flatMap((labels) => [...labels.keys()]);
}
