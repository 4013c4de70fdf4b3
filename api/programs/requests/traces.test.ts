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
const trace = (digit: string) => digit.repeat(32);
const REQUEST_SPAN = 'a'.repeat(16);
const PART_SPAN = 'b'.repeat(16);

let program: Program;
let client: DiagnosticsClient;
let url: string;

beforeAll(async () => {
  program = launchObserved([PROGRAM], {
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
    const taken = client.takeCpuProfile({ seconds: 1.5 });
    await vi.waitFor(async () => expect(await client.cpuProfileStatus()).not.toBeNull());
    // Each is served alone, so that no span can be another's.
    await ask('/burn/1');
    await ask('/burn/2');
    expect(await ask('/fail/3')).toBe('RangeError: from a handler');
    const result = await taken;
    expect(result).toMatchObject({ __typename: 'CpuProfile' });
    const labels = await labelsByFunction((result as CpuProfile).downloadUrl);
    const mostOf = (name: string) =>
      [...labels.get(name)!]
        .sort((a, b) => b[1] - a[1])
        .slice(0, 2)
        .map(([key]) => key)
        .sort();
    const both = (route: string, span: string) =>
      ['1', '2'].map((digit) => `route=${route} span_id=${span} trace_id=${trace(digit)}`);
    const ROUTE = 'GET /burn/:id';
    expect(mostOf('burnAtOnce')).toEqual(both(ROUTE, REQUEST_SPAN));
    expect(mostOf('burnInPart')).toEqual(both(ROUTE, PART_SPAN));
    expect(mostOf('burnAfterwards')).toEqual(both(ROUTE, REQUEST_SPAN));
    expect([...labels.get('burnForNobody')!.keys()]).toEqual(['']);
    const { traces } = result as CpuProfile;
    expect(
      traces
        .slice(0, 2)
        .map(({ traceId }) => traceId)
        .sort(),
    ).toEqual([trace('1'), trace('2')]);
  });

  it('has its context manager back as it was once no profile is taken', async () => {
    expect(JSON.parse(await ask('/manager/4'))).not.toContain('with');
  });

  it('has requests and tasks told by their trace', async () => {
    ask('/hang/5').catch(() => {});
    await vi.waitFor(
      async () => {
        const requests = await client.requests();
        expect(requests?.[0]).toMatchObject({ traceId: trace('5'), spanId: REQUEST_SPAN });
      },
      { timeout: 20_000 },
    );
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
