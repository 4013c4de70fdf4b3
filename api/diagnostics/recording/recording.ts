/** What is sampled on demand for a limited time: it ends when that is up, or before when somebody ends it. */
import { stoppedError } from '../../base/waiting/stopped.ts';

/** How it ended: `KEPT` and `DISCARDED` by whoever ended it, `STOPPED` with the diagnostics. */
type Ending = 'ELAPSED' | 'KEPT' | 'DISCARDED' | 'STOPPED';

/** One that runs, as it is told. */
export interface RunningRecording {
  id: string;
  startedAtMs: number;
  /** When its sampling ends; reading it takes a moment more. */
  endsAtMs: number;
}

export interface Recording {
  /** Unlike that of any other of this or another start of the process. */
  id: string;
  /** By which the sampler knows it. */
  number: number;
  startedAtMs: number;
  durationMs: number;
  ended: Promise<Ending>;
  /** Null as long as it goes on. */
  endedAs(): Ending | null;
  end(how: Ending): void;
}

export interface RecordingSteps<Sampling> {
  start(): Promise<{ startedAtMs: number }>;
  finish(): Promise<Sampling>;
  /** Throws away what was sampled. */
  cancel(): void;
}

export type RecordingOutcome<Sampling> =
  | { kind: 'TAKEN'; sampling: Sampling }
  | { kind: 'CANCELLED'; id: string };

const INSTANCE_ID_CHARACTERS = 8;

/** @param instanceId makes the id unlike those of another process start */
export function newRecording(instanceId: string, number: number, durationMs: number): Recording {
  const { promise: ended, resolve } = Promise.withResolvers<Ending>();
  let ending: Ending | null = null;
  return {
    id: `${instanceId.slice(0, INSTANCE_ID_CHARACTERS)}-${number}`,
    number,
    startedAtMs: Date.now(),
    durationMs,
    ended,
    endedAs: () => ending,
    end(how) {
      ending ??= how;
      resolve(how);
    },
  };
}

/** @throws DiagnosticsError `STOPPED` where the diagnostics end meanwhile, and what the steps throw */
export async function carryOut<Sampling>(
  recording: Recording,
  steps: RecordingSteps<Sampling>,
): Promise<RecordingOutcome<Sampling>> {
  try {
    recording.startedAtMs = (await steps.start()).startedAtMs;
  } catch (error) {
    // Who has thrown it away meanwhile need not know why it could not begin.
    if (recording.endedAs() !== 'DISCARDED') throw error;
    return { kind: 'CANCELLED', id: recording.id };
  }
  const elapsed = setTimeout(() => recording.end('ELAPSED'), recording.durationMs);
  // Mounted, it is in the program's own loop.
  elapsed.unref();
  const ending = await recording.ended;
  clearTimeout(elapsed);
  if (ending === 'ELAPSED' || ending === 'KEPT') {
    return { kind: 'TAKEN', sampling: await steps.finish() };
  }
  steps.cancel();
  if (ending === 'STOPPED') throw stoppedError();
  return { kind: 'CANCELLED', id: recording.id };
}

export function described({ id, startedAtMs, durationMs }: Recording): RunningRecording {
  return { id, startedAtMs, endsAtMs: startedAtMs + durationMs };
}

/** Throws it away once the signal fires. @returns what lets go of the signal */
export function endedBy(signal: AbortSignal | undefined, recording: Recording): () => void {
  const discard = () => recording.end('DISCARDED');
  signal?.addEventListener('abort', discard, { once: true });
  if (signal?.aborted) discard();
  return () => signal?.removeEventListener('abort', discard);
}
