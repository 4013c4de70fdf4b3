/** When the black box is written: at every tick, and soon after something new was found. */
import type { Finding, Health } from '../../health/finding.ts';
import type { BlackBoxKeeper, LastKnown } from './black-box.ts';

export interface BoxWriter {
  /** At each judgment of the health. */
  note(health: Health, isChanged: boolean): void;
  writeNow(): void;
  /** Idempotent. */
  stop(): void;
}

export interface BoxWriterOptions {
  blackBox: Pick<BlackBoxKeeper, 'write'>;
  known: (findings: readonly Finding[]) => LastKnown;
  /** Of the ticks. */
  intervalMs: number;
}

/** However often something changes. */
const SHORTEST_DISTANCE_MS = 1_000;
/** A tick is never a full interval after the last one. */
const TICK_SHARE = 0.5;

export function createBoxWriter({ blackBox, known, intervalMs }: BoxWriterOptions): BoxWriter {
  let findings: readonly Finding[] = [];
  let writtenAtMs = Number.NEGATIVE_INFINITY;
  let later: NodeJS.Timeout | undefined;
  let isStopped = false;

  function writeNow(): void {
    clearTimeout(later);
    later = undefined;
    if (isStopped) return;
    writtenAtMs = performance.now();
    blackBox.write(known(findings));
  }

  /** What it throws would end the thread: then this one is not written. */
  function write(): void {
    try {
      writeNow();
    } catch {}
  }

  return {
    note(health, isChanged) {
      // Of the run before this one the next run is not told.
      findings = health.findings.filter(({ kind }) => kind !== 'PREVIOUS_RUN_DIED');
      const ageMs = performance.now() - writtenAtMs;
      const distanceMs = isChanged
        ? SHORTEST_DISTANCE_MS
        : Math.max(SHORTEST_DISTANCE_MS, intervalMs * TICK_SHARE);
      if (ageMs >= distanceMs) write();
      else if (isChanged) {
        later ??= setTimeout(write, distanceMs - ageMs);
        later.unref();
      }
    },
    writeNow: write,
    stop() {
      isStopped = true;
      clearTimeout(later);
    },
  };
}
