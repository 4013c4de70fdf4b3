/** Diagnostics beside the calling thread: a probe here, everything else in a sidecar. */
import { resolve } from 'node:path';
import { isMainThread } from 'node:worker_threads';
import { DiagnosticsError } from './base/errors.ts';
import { harmless } from './base/harmless.ts';
import { refusalOfBundle } from './base/launch/bundled.ts';
import { refusalOfNode } from './base/old-node.ts';
import { warnOfUnknownVariables } from './base/options/environment/unknown-variables.ts';
import { requireTokenWhereExposed } from './base/options/exposure.ts';
import type { DiagnosticsOptions, ResolvedOptions } from './base/options/options.ts';
import { resolveOptions } from './base/options/resolve.ts';
import { defaultFolder } from './diagnostics/black-box/store/files.ts';
import { boxFiles, programKey } from './diagnostics/black-box/store/names.ts';
import { createNodeProbe } from './probe/node-probe.ts';
import type { ObservedProbe } from './probe/probe.ts';
import { createEndLock, noteEndOfRun } from './probe/process/end-of-run.ts';
import { onProcessExit } from './probe/process/exit.ts';
import { keepSidecar } from './sidecar/keeper.ts';
import type { BoxPlace } from './sidecar/messages.ts';
import { type Family, putMark, removeFiles, removeFolder } from './targets/children/place.ts';

/** How the preload starts it, or the command `attach`. */
export interface PreloadStart {
  /** The sidecar prints its URL itself: the observed loop may be stuck from its first turn on. @default false */
  printsUrl?: boolean;
  /** With the program, where the flag may have reached several. @default false */
  namesProgram?: boolean;
  /** Where other processes of the family are found. @default none */
  family?: Family | null;
  /** Another process of this user may ask for the end, which this is told. @default none may */
  onDetach?: (() => void) | null;
}

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
 * where strangers could read the process, `UNAVAILABLE` when the sidecar cannot start, Node is too old, or pprofql is part of a bundle.
 */
export async function startDiagnostics(
  options: DiagnosticsOptions = {},
  /** @internal */
  {
    printsUrl = false,
    namesProgram = false,
    family: wantedFamily = null,
    onDetach = null,
  }: PreloadStart = {},
): Promise<RunningDiagnostics> {
  requireSurroundings();
  const isChild = wantedFamily?.observer != null;
  if (!isChild) warnOfUnknownVariables();
  // A function does not cross to the sidecar.
  const { routeOf, ...resolved } = resolveOptions(options);
  const family = resolved.joinsParent ? wantedFamily : null;
  // What is asked over the socket of its observer alone is not exposed.
  if (family?.observer == null) requireTokenWhereExposed(resolved);
  const leaveFamily = family === null ? () => {} : enterFamily(family);
  const probe = createNodeProbe({ ...resolved, routeOf });
  // At once: in a program that blocks, or is attached to while it is stuck, no promise settles.
  const blackBox = boxPlaceOf(resolved, probe);
  /** Behind the start of the sidecar: as the process ends, it is waited for first. */
  let forgetRun = () => {};
  try {
    const keeping = { printsUrl, namesProgram, family, blackBox, onDetach };
    const starting = keepSidecar(probe, resolved, keeping);
    if (blackBox !== null) forgetRun = noteEndOfRun(blackBox.endLock, blackBox.files);
    const sidecar = await starting;
    let stopping: Promise<void> | null = null;
    const stopAll = async () => {
      try {
        await sidecar.stop();
      } finally {
        forgetRun();
        leaveFamily();
        probe.stop();
      }
    };
    const stop = () => {
      stopping ??= stopAll();
      return stopping;
    };
    return { url: sidecar.url, stop, [Symbol.asyncDispose]: stop };
  } catch (error) {
    forgetRun();
    leaveFamily();
    await probe.stop();
    throw error;
  }
}

/**
 * Children that the program starts find it from now on.
 * @returns what removes its files, as the end of the process does
 */
function enterFamily({ place, observer }: Family): () => void {
  if (observer === null) harmless(putMark)(place);
  const leave = () => {
    removeFiles(place);
    removeFolder(place);
  };
  const forget = onProcessExit(leave);
  return () => {
    forget();
    leave();
  };
}

/** Null where no black box is wanted, or where its place cannot be told. */
function boxPlaceOf({ blackBox }: ResolvedOptions, probe: ObservedProbe): BoxPlace | null {
  // What is called like ours in a worker thread would be the process'.
  if (blackBox === false || !isMainThread) return null;
  try {
    const facts = probe.describe();
    const figures = probe.readFigures({ closeInterval: false });
    const folder = blackBox === true ? defaultFolder() : resolve(blackBox);
    return {
      files: boxFiles(folder, programKey(facts), facts),
      endLock: createEndLock(),
      firstFigures: figures instanceof Promise ? null : figures,
    };
  } catch {
    return null;
  }
}

function requireSurroundings(): void {
  const refusal = refusalOfNode() ?? refusalOfBundle();
  if (refusal !== null) throw new DiagnosticsError('UNAVAILABLE', refusal);
}
