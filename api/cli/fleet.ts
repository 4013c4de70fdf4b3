/** `pprofql fleet --redis URL [--port N] [--token TOKEN]`: the page and the API for all instances of a fleet. */
import { parseArgs } from 'node:util';
import { DiagnosticsError } from '../base/errors.ts';
import { logLine } from '../base/log.ts';
import { warnOfUnknownVariables } from '../base/options/environment/unknown-variables.ts';
import { requireTokenWhereExposed } from '../base/options/exposure.ts';
import type { DiagnosticsOptions } from '../base/options/options.ts';
import { resolveOptions } from '../base/options/resolve.ts';
import { createApi } from '../server/api.ts';
import { accessOf } from '../server/gates/access.ts';
import { type Listening, listen } from '../server/listen.ts';
import { createDecoder } from '../targets/decoding/decoder.ts';
import { openFleet } from '../targets/fleet/hub/fleet.ts';
import { listTargets } from '../targets/list.ts';

const USAGE = `Usage: pprofql fleet --redis URL [--port N] [--token TOKEN]
The page and the API for all processes that run with PPROFQL_FLEET=URL, on http://127.0.0.1:6060/ unless PPROFQL_PORT says otherwise.
  --redis  the Redis or Valkey that they are on: redis://[user:password@]host[:port][/database], rediss:// for TLS,
           redis+sentinel://host[:port][,host…]/master or redis+cluster://host[:port][,host…];
           PPROFQL_FLEET keeps its password out of the list of processes
  --port   TCP port; 0 picks a free one
  --token  bearer token that every request must carry; PPROFQL_TOKEN keeps it out of the list of processes`;

const EXIT_FAILED = 1;
const EXIT_USAGE = 2;

/** @returns the exit code; null where a server runs on */
export async function runFleet(args: readonly string[]): Promise<number | null> {
  const request = parse(args);
  if (request === null || (request.fleet ?? process.env.PPROFQL_FLEET ?? '') === '') {
    console.error(USAGE);
    return EXIT_USAGE;
  }
  try {
    console.error(`pprofql: ${(await serveFleet(request)).url}`);
    return null;
  } catch (error) {
    console.error(`pprofql: ${(error as Error).message}`);
    return error instanceof DiagnosticsError && error.code === 'INVALID_OPTION'
      ? EXIT_USAGE
      : EXIT_FAILED;
  }
}

function parse(args: readonly string[]): DiagnosticsOptions | null {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        redis: { type: 'string' },
        port: { type: 'string' },
        token: { type: 'string' },
      },
    });
    const { redis, port, token } = values;
    return {
      ...(redis !== undefined && { fleet: redis }),
      ...(port !== undefined && { port: /^\d+$/.test(port) ? Number(port) : Number.NaN }),
      ...(token !== undefined && { token }),
    };
  } catch {
    return null;
  }
}

/** @throws DiagnosticsError as `startDiagnostics` does */
async function serveFleet(given: DiagnosticsOptions): Promise<Listening> {
  warnOfUnknownVariables();
  const options = resolveOptions(given);
  requireTokenWhereExposed(options);
  const { host, port } = options;
  const decoder = createDecoder();
  const fleet = await openFleet({ url: options.fleet!, options, decoder, log: logLine });
  const list = listTargets([fleet.whole]);
  const parts = fleet.follow(list);
  const api = createApi({
    diagnostics: {
      ...list,
      services: fleet.services,
      service: fleet.service,
      serviceTasks: fleet.serviceTasks,
      async targets() {
        await parts.refresh();
        return list.targets();
      },
    },
    access: accessOf(options),
    log: logLine,
  });
  return listen(api, { host, port, log: logLine });
}
