/** Diagnostics beside the calling thread: a probe here, everything else in a sidecar. */
import { DiagnosticsError } from './base/errors.ts';
import { refusalOfNode } from './base/old-node.ts';
import { requireTokenWhereExposed } from './base/options/exposure.ts';
import type { DiagnosticsOptions } from './base/options/options.ts';
import { resolveOptions } from './base/options/resolve.ts';
import { warnOfUnknownVariables } from './base/options/unknown-variables.ts';
import { createNodeProbe } from './probe/node-probe.ts';
import { keepSidecar } from './sidecar/keeper.ts';

export interface RunningDiagnostics extends AsyncDisposable {
  /** Where the dashboard is, such as `http://127.0.0.1:6060/`; GraphQL and GraphiQL are at `graphql` below it. */
  url: string;
  /** Ends the server and takes every hook out of the program again. Idempotent. */
  stop(): Promise<void>;
}

/**
 * Starts observing the calling thread and serves it from a sidecar thread, which is started again
 * where it ends by itself. Settles once the server listens. Does not keep the program alive, and prints
 * nothing but such an end. Several can run side by side.
 *
 * @throws DiagnosticsError `INVALID_OPTION` naming every value that is not allowed, `TOKEN_REQUIRED`
 * where strangers could read the process, `UNAVAILABLE` when the sidecar cannot start or Node is too old.
 */
export async function startDiagnostics(
  options: DiagnosticsOptions = {},
  /** @internal The sidecar prints its URL itself: the observed loop may be stuck from its first turn on. */
  { printsUrl = false } = {},
): Promise<RunningDiagnostics> {
  requireNode();
  warnOfUnknownVariables();
  // A function does not cross to the sidecar.
  const { routeOf, ...resolved } = resolveOptions(options);
  requireTokenWhereExposed(resolved);
  const probe = createNodeProbe({ ...resolved, routeOf });
  try {
    const sidecar = await keepSidecar(probe, resolved, { printsUrl });
    let stopping: Promise<void> | null = null;
    const stop = () => {
      stopping ??= sidecar.stop().finally(() => probe.stop());
      return stopping;
    };
    return { url: sidecar.url, stop, [Symbol.asyncDispose]: stop };
  } catch (error) {
    await probe.stop();
    throw error;
  }
}

function requireNode(): void {
  const refusal = refusalOfNode();
  if (refusal !== null) throw new DiagnosticsError('UNAVAILABLE', refusal);
}
