/** The targets: this process, or what stands in for it, and those that are configured. */

import { DiagnosticsError } from '../base/errors.ts';
import { frameOrigin } from '../base/files/frame-origin.ts';
import { isOwnFile } from '../base/files/own-files.ts';
import type { ResolvedOptions } from '../base/options/options.ts';
import { isService, type TargetOptions } from '../base/options/targets.ts';
import { SELF } from '../base/self.ts';
import { durationText } from '../base/text/duration.ts';
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

/** Targets that come and go while the list is served, such as worker threads. */
export interface TargetParts {
  /** Brings the list up to date. Never rejects. */
  refresh(): Promise<void>;
  stop(): void;
}

/** How parts join the list and leave it. */
export interface TargetRegistry {
  /** Takes the place of one of the same name that has left. */
  add(target: Target): void;
  /** @param reason why it is not there any more, as a sentence without its full stop */
  remove(name: string, reason: string): void;
}

export interface TargetList extends TargetedDiagnostics, TargetRegistry {}

/**
 * Adds the configured targets to the diagnostics of this process, and its parts. What stops it stops
 * the targets, and leaves `own` to its owner.
 */
export function withTargets(
  own: Diagnostics,
  options: ResolvedOptions,
  followParts: (registry: TargetRegistry, decoder: Decoder) => TargetParts = () => NO_PARTS,
): TargetedDiagnostics & { stopTargets(): void } {
  const lifetime = new AbortController();
  const decoder = createDecoder();
  const remote = options.targets
    .filter((target) => !isService(target))
    .map((target) => createRemoteTarget(target, { options, decoder, lifetime: lifetime.signal }));
  const list = listTargets([selfTarget(own), ...remote]);
  const parts = followParts(list, decoder);
  return {
    ...list,
    async targets() {
      await parts.refresh();
      return list.targets();
    },
    stopTargets() {
      lifetime.abort();
      parts.stop();
      for (const { diagnostics } of remote) diagnostics.stop();
      decoder.stop();
    },
  };
}

const NO_PARTS: TargetParts = { refresh: async () => {}, stop: () => {} };

/** Long enough to download a profile of what has ended in the meantime, or to be told why it is gone. */
const REMEMBERED_MS = 10 * 60_000;
const REMEMBERED_TARGETS = 200;
/** They hold what was measured; the others are remembered by name. */
const KEPT_TARGETS = 10;

interface Departed {
  name: string;
  reason: string;
  atMs: number;
  /** Null where later ones are kept. */
  target: Target | null;
}

/** @param targets the first one is the default */
export function listTargets(targets: readonly [Target, ...Target[]]): TargetList {
  const [first] = targets;
  const byName = new Map(targets.map((target) => [target.name, target]));
  const departed = createDeparted();
  const { cpuProfiles } = first.diagnostics;
  /** Download addresses name a profile by its id alone, whosever it is. */
  const getCpuProfile: typeof cpuProfiles.get = (id) =>
    [...byName.values(), ...departed.kept()]
      .map(({ diagnostics }) => diagnostics.cpuProfiles.get(id))
      .find((found) => found !== null) ?? null;
  return {
    ...first.diagnostics,
    cpuProfiles: { ...cpuProfiles, get: getCpuProfile },
    target(name) {
      const target = name == null ? first : byName.get(name);
      if (target !== undefined) return observed(target);
      const gone = departed.reasonOf(name!);
      throw new DiagnosticsError(
        'NOT_FOUND',
        gone ??
          `there is no target ${JSON.stringify(name)}; there are ${[...byName.keys()].join(', ')}`,
      );
    },
    originOf: frameOrigin,
    isOwnFile,
    targets: () => Promise.all([...byName.values()].map(({ status }) => status())),
    add: (target) => void byName.set(target.name, target),
    remove(name, reason) {
      const target = byName.get(name);
      if (target === undefined || target === first) return;
      byName.delete(name);
      departed.add({ name, target, reason, atMs: Date.now() });
    },
  };
}

/** What has left the list lately, oldest first: no more than that, also while nobody asks and workers come and go. */
function createDeparted() {
  let all: Departed[] = [];
  const recent = () => {
    all = all.filter(({ atMs }) => Date.now() - atMs < REMEMBERED_MS).slice(-REMEMBERED_TARGETS);
    for (const gone of all.slice(0, -KEPT_TARGETS)) gone.target = null;
    return all;
  };
  return {
    add(gone: Departed): void {
      all.push(gone);
      recent();
    },
    kept: () => recent().flatMap(({ target }) => target ?? []),
    reasonOf(name: string): string | null {
      const gone = recent().findLast((each) => each.name === name);
      if (gone === undefined) return null;
      return `${gone.reason} (${durationText(Date.now() - gone.atMs)} ago)`;
    },
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
  { name, keepHistory, ...target }: TargetOptions,
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
