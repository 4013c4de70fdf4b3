/** The dashboard and the API on saved files. */
import { logLine } from '../base/log.ts';
import { warnOfUnknownVariables } from '../base/options/environment/unknown-variables.ts';
import { requireTokenWhereExposed } from '../base/options/exposure.ts';
import type { ResolvedOptions } from '../base/options/options.ts';
import { resolveOptions } from '../base/options/resolve.ts';
import { createApi } from '../server/api.ts';
import { accessOf } from '../server/gates/access.ts';
import { type Listening, listen } from '../server/listen.ts';
import { createDecoder, type Decoder } from '../targets/decoding/decoder.ts';
import { type AnalyzedFile, createFileSource } from '../targets/files/source.ts';
import { listTargets, type Target, targetFrom } from '../targets/list.ts';

/** Files do not change: one point of a history says all. */
const HISTORY_INTERVAL_MS = 3_600_000;
const ALL_FILES = 'files';
const SHORTEST_PROFILE_SECONDS = 0.1;

/**
 * Each of several files is a target by its name. Before them stand all together, which answer each question from the
 * first that can, unless they are all of one kind.
 * @throws DiagnosticsError as `startDiagnostics` does
 */
export async function serveFiles(files: readonly AnalyzedFile[]): Promise<Listening> {
  warnOfUnknownVariables();
  const options = resolveOptions();
  requireTokenWhereExposed(options);
  const { host, port } = options;
  const decoder = createDecoder();
  const toTarget = (name: string, its: readonly AnalyzedFile[]) =>
    fileTarget(name, its, { ...options, intervalMs: HISTORY_INTERVAL_MS }, decoder);
  const names = uniqueNames(files.map(({ name }) => name));
  const single = files.map((file, at) => toTarget(names[at]!, [file]));
  // Of several dumps and nothing else there is nothing to put together.
  const joint = isOneKind(files) ? [] : [toTarget(ALL_FILES, files)];
  const [first, ...others] = [...joint, ...(files.length > 1 ? single : [])];
  const api = createApi({
    diagnostics: listTargets([first!, ...others]),
    access: accessOf(options),
    log: logLine,
  });
  return listen(api, { host, port, log: logLine });
}

function isOneKind(files: readonly AnalyzedFile[]): boolean {
  return files.length > 1 && new Set(files.map(({ analysis }) => analysis.kind)).size === 1;
}

/** For example `a`, `b`, `a` → `a`, `b`, `a (2)`. */
function uniqueNames(names: readonly string[]): string[] {
  const taken = new Set([ALL_FILES]);
  return names.map((name) => {
    let unique = name;
    for (let copy = 2; taken.has(unique); copy++) unique = `${name} (${copy})`;
    taken.add(unique);
    return unique;
  });
}

function fileTarget(
  name: string,
  files: readonly AnalyzedFile[],
  options: ResolvedOptions,
  decoder: Decoder,
): Target {
  const source = createFileSource(name, files, decoder);
  const target = targetFrom(name, source, { ...options, keepHistory: false, via: 'FILE' });
  // What is taken of files is there at once, and is listed as profiles are.
  if (files.some(({ analysis }) => analysis.kind === 'CPU')) {
    target.diagnostics.cpuProfiles.take({ seconds: SHORTEST_PROFILE_SECONDS }).catch(() => {});
  }
  return target;
}
