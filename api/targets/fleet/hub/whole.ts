/** All instances of a fleet together, as the default target. */
import { DiagnosticsError } from '../../../base/errors.ts';
import type { ResolvedOptions } from '../../../base/options/options.ts';
import type { Health } from '../../../health/finding.ts';
import { createSourceDiagnostics } from '../../asked/diagnostics.ts';
import type { Target } from '../../list.ts';
import type { TargetSource } from '../../target.ts';
import type { EngineStatus } from '../engine/engine.ts';

/** More of them are not told apart. */
export const MOST_INSTANCES = 1_000;
const WHOLE = 'fleet';

interface WholeOptions {
  options: ResolvedOptions;
  health(): Health;
  healthChanges(options?: { signal?: AbortSignal }): AsyncGenerator<Health>;
  engineStatus(): EngineStatus;
  readAtMs(): number;
  /** Instances that are no targets, since there are too many. */
  leftOut(): number;
}

/** It has a health, and is otherwise asked by its instances. */
export function wholeTarget(whole: WholeOptions): Target {
  const status = () => {
    const { isConnected, error, address } = whole.engineStatus();
    const readAtMs = whole.readAtMs();
    const trouble = isConnected
      ? limitWords(whole.leftOut())
      : `${address}: ${error ?? 'connecting'}`;
    return {
      state: trouble === null ? ('ANSWERING' as const) : ('FAILING' as const),
      lastAnswerAtMs: Number.isFinite(readAtMs) ? readAtMs : null,
      error: trouble,
    };
  };
  const diagnostics = createSourceDiagnostics(UNASKABLE, {
    ...whole.options,
    name: WHOLE,
    keepHistory: false,
    via: 'HTTP',
    answering: { track: (answer) => answer, noteSilence: () => {}, isSilent: () => false, status },
  });
  return {
    name: WHOLE,
    diagnostics: {
      ...diagnostics,
      health: async () => whole.health(),
      healthChanges: whole.healthChanges,
      eventLoop: async () => await diagnostics.eventLoop(),
    },
    status: async () => ({ name: WHOLE, kind: 'FLEET', ...status() }),
  };
}

function limitWords(leftOut: number): string | null {
  return leftOut === 0
    ? null
    : `there are ${leftOut + MOST_INSTANCES} instances, of which ${MOST_INSTANCES} are targets`;
}

const refuse = () =>
  Promise.reject(
    new DiagnosticsError(
      'UNAVAILABLE',
      'this is the fleet as a whole: ask one of its instances, with target(name:)',
    ),
  );

const UNASKABLE: TargetSource = {
  kind: 'FLEET',
  read: refuse,
  readAllocations: refuse,
  readHeap: refuse,
  readGoroutines: refuse,
  readCpuProfile: refuse,
};
