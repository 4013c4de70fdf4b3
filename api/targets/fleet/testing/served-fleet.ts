/** Whole programs that announce themselves, and the command that serves them. */
import { fileURLToPath } from 'node:url';
import type { Redis } from 'ioredis';
import { vi } from 'vitest';
import { createDiagnosticsClient, type DiagnosticsClient } from '../../../../client/index.ts';
import { launchObserved, NODE, Program } from '../../../../scripts/testing/program.ts';
import { keysOf } from '../wire/names.ts';

const PROGRAM = fileURLToPath(
  new URL('../../../../scripts/fixtures/fleet/program.mjs', import.meta.url),
);
const CLI = fileURLToPath(new URL('../../../cli.ts', import.meta.url));
/** Half the time between two points: the clocks of the two are one. */
const SAME_MS = 500;

export interface InstanceRow {
  name: string;
  state: string;
  error: string | null;
  instance: {
    pid: number;
    isGone: boolean;
    serviceName: string;
    sentence: string;
    lastSeenAt: string;
  };
}

export interface ServedFleet extends AsyncDisposable {
  program: Program;
  client: DiagnosticsClient;
  instances(): Promise<InstanceRow[]>;
  /** Undefined where it is not there. */
  instanceOf(program: Program): Promise<InstanceRow | undefined>;
}

/** A service that takes lines: see its file. */
export function launchMember(url: string, env: NodeJS.ProcessEnv = {}): Program {
  return launchObserved([PROGRAM], {
    env: {
      PPROFQL_FLEET: url,
      PPROFQL_SERVICE: 'checkout',
      PPROFQL_INTERVAL_MS: '1000',
      ...env,
    },
  });
}

/** @param options `preload`: modules that are loaded before it */
export async function serveFleet(
  url: string,
  { env = {}, preload = [] }: { env?: NodeJS.ProcessEnv; preload?: readonly string[] } = {},
): Promise<ServedFleet> {
  const program = new Program(
    [...preload.flatMap((file) => ['--import', file]), CLI, 'fleet', '--port', '0'],
    { command: NODE, env: { PPROFQL_FLEET: url, ...env } },
  );
  const client = createDiagnosticsClient({ url: await program.url() });
  async function instances(): Promise<InstanceRow[]> {
    const { services } = await program.ask<{ services: { instances: InstanceRow[] }[] }>(
      '{ services { instances { name state error instance { pid isGone serviceName sentence lastSeenAt } } } }',
    );
    return services.flatMap((service) => service.instances);
  }
  return {
    program,
    client,
    instances,
    instanceOf: async ({ pid }) => (await instances()).find(({ instance }) => instance.pid === pid),
    async [Symbol.asyncDispose]() {
      client.dispose();
      await program.kill();
    },
  };
}

export interface MembershipRow {
  instanceId: string;
  address: string;
  isConnected: boolean;
  lostPoints: number;
  lostCaptures: number;
  error: string | null;
}

/** As the program itself tells it. */
export async function membershipOf(program: Program): Promise<MembershipRow> {
  const { instrumentation } = await program.ask<{ instrumentation: { fleet: MembershipRow } }>(
    '{ instrumentation { fleet { instanceId address isConnected lostPoints lostCaptures error } } }',
  );
  return instrumentation.fleet;
}

/** Until every point of its history, as that is now, stands in its stream. */
export async function untilAllTold(program: Program, admin: Redis): Promise<void> {
  const { pprof } = await program.ask<{ pprof: { history: { timestamp: string }[] } }>(
    '{ pprof { history { timestamp } } }',
  );
  const { points } = keysOf((await membershipOf(program)).instanceId);
  await vi.waitFor(async () => {
    const entries = await admin.xrange(points, '-', '+');
    const told = entries.map(([, [, text]]) => Number(text?.split(',')[0]));
    const untold = pprof.history
      .map(({ timestamp }) => timestamp)
      .filter((own) => !told.some((time) => Math.abs(time - Date.parse(own)) < SAME_MS));
    if (untold.length > 0) throw new Error(`not told yet: ${untold.join()}`);
  });
}
