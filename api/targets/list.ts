/** The targets: this process, or what stands in for it, and those that are configured. */

import { DiagnosticsError } from '../base/errors.ts';
import { frameOrigin } from '../base/files/frame-origin.ts';
import { isOwnFile } from '../base/files/own-files.ts';
import type { ResolvedOptions } from '../base/options/options.ts';
import type { TargetOptions } from '../base/options/targets.ts';
import { SELF } from '../base/self.ts';
import type { Diagnostics, OwnedDiagnostics } from '../diagnostics/types.ts';
import { createAnswering } from './asked/answering.ts';
import { createSourceDiagnostics, type SourceDiagnosticsOptions } from './asked/diagnostics.ts';
import { createDecoder, type Decoder } from './decoding/decoder.ts';
import { createRemoteSource } from './remote/source.ts';
import type { ObservedTarget, TargetedDiagnostics, TargetSource, TargetStatus } from './target.ts';

/** A target as the list keeps it. */
export interface Target {
  diagnostics: Diagnostics;
  /** What it is called. */
  name: string;
  status(): Promise<TargetStatus>;
}

/**
 * Adds the configured targets to the diagnostics of this process. What stops it stops the targets,
 * and leaves `own` to its owner.
 */
export function withTargets(
  own: Diagnostics,
  options: ResolvedOptions,
): TargetedDiagnostics & { stopTargets(): void } {
  const lifetime = new AbortController();
  const decoder = createDecoder();
  const remote = options.targets.map((target) =>
    createRemoteTarget(target, { options, decoder, lifetime: lifetime.signal }),
  );
  return {
    ...listTargets([selfTarget(own), ...remote]),
    stopTargets() {
      lifetime.abort();
      for (const { diagnostics } of remote) diagnostics.stop();
      decoder.stop();
    },
  };
}

/** @param targets the first one is the default */
export function listTargets(targets: readonly [Target, ...Target[]]): TargetedDiagnostics {
  const [first] = targets;
  const byName = new Map(targets.map((target) => [target.name, target]));
  const { cpuProfiles } = first.diagnostics;
  /** Download addresses name a profile by its id alone, whosever it is. */
  const getCpuProfile: typeof cpuProfiles.get = (id) =>
    targets
      .map(({ diagnostics }) => diagnostics.cpuProfiles.get(id))
      .find((found) => found !== null) ?? null;
  return {
    ...first.diagnostics,
    cpuProfiles: { ...cpuProfiles, get: getCpuProfile },
    target(name) {
      const target = name == null ? first : byName.get(name);
      if (target !== undefined) return observed(target);
      throw new DiagnosticsError(
        'NOT_FOUND',
        `there is no target ${JSON.stringify(name)}; there are ${[...byName.keys()].join(', ')}`,
      );
    },
    originOf: frameOrigin,
    isOwnFile,
    targets: () => Promise.all(targets.map(({ status }) => status())),
  };
}

const observed = ({ name, status, diagnostics }: Target): ObservedTarget => ({
  ...diagnostics,
  name,
  status,
});

/** A single slow answer is no failure. */
const SILENT_POINTS = 2;
const SILENT_MS = 2_000;

function selfTarget(own: Diagnostics): Target {
  return {
    name: SELF,
    diagnostics: own,
    async status() {
      const points = own.history();
      const answered = points.findLast(({ isResponding }) => isResponding);
      const loop = await own.eventLoop();
      const latest = points.slice(-SILENT_POINTS);
      const isSilent =
        loop.blockedForMs >= SILENT_MS ||
        (latest.length === SILENT_POINTS && latest.every(({ isResponding }) => !isResponding));
      return {
        name: SELF,
        kind: 'NODE',
        state: isSilent ? 'FAILING' : 'ANSWERING',
        lastAnswerAtMs: answered?.timestampMs ?? null,
        error: isSilent ? loop.sentence : null,
      };
    },
  };
}

function createRemoteTarget(
  { name, keepHistory = false, ...target }: TargetOptions,
  context: { options: ResolvedOptions; decoder: Decoder; lifetime: AbortSignal },
): Target & { diagnostics: OwnedDiagnostics } {
  const { options, decoder, lifetime } = context;
  const source = createRemoteSource({ name, ...target }, { decoder, lifetime });
  return targetFrom(name, source, { ...options, keepHistory, via: 'HTTP' });
}

/** What is asked through this source, as a target. */
export function targetFrom(
  name: string,
  source: TargetSource,
  options: Omit<SourceDiagnosticsOptions, 'answering' | 'name'>,
): Target & { diagnostics: OwnedDiagnostics } {
  const answering = createAnswering(name);
  return {
    name,
    diagnostics: createSourceDiagnostics(source, { ...options, name, answering }),
    status: async () => ({ name, kind: source.kind, ...answering.status() }),
  };
}
