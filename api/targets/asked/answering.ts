/** How a target fares: whether its last question was answered, and what went wrong. */
import { DiagnosticsError } from '../../base/errors.ts';
import type { TargetStatus } from '../target.ts';

export interface Answering {
  /** Passes the outcome on; a failure names the target. */
  track<T>(answer: Promise<T>): Promise<T>;
  /** Takes note that a question is not answered, unless another one has been since then. */
  noteSilence(sinceMs: number, silence: Error): void;
  /** Whether somebody has waited in vain, and nothing has been answered since then. */
  isSilent(): boolean;
  status(): Pick<TargetStatus, 'state' | 'lastAnswerAtMs' | 'error'>;
}

/** These say nothing about the target. */
const OWN_CODES = ['STOPPED', 'UNAVAILABLE'];

export function createAnswering(name: string): Answering {
  let lastAnswerAtMs: number | null = null;
  let error: string | null = null;
  let isSilent = false;
  let asked = 0;
  /** Of the latest question whose outcome is known: what was asked before it is old news. */
  let lastKnown = 0;

  return {
    async track(answer) {
      const question = ++asked;
      try {
        const value = await answer;
        lastAnswerAtMs = Date.now();
        isSilent = false;
        if (question > lastKnown) error = null;
        lastKnown = Math.max(lastKnown, question);
        return value;
      } catch (cause) {
        const failure = named(name, cause);
        if (isAboutTarget(failure) && question > lastKnown) {
          error = failure.message;
          lastKnown = question;
        }
        throw failure;
      }
    },
    noteSilence(sinceMs, silence) {
      if ((lastAnswerAtMs ?? 0) >= sinceMs) return;
      error = silence.message;
      isSilent = true;
    },
    isSilent: () => isSilent,
    status: () => ({ state: stateOf(lastAnswerAtMs, error), lastAnswerAtMs, error }),
  };
}

function stateOf(lastAnswerAtMs: number | null, error: string | null): TargetStatus['state'] {
  if (error !== null) return 'FAILING';
  return lastAnswerAtMs === null ? 'NOT_ASKED' : 'ANSWERING';
}

/** What could not be read is the target's fault, not that of whoever asked for it. */
function named(name: string, cause: unknown): Error {
  if (cause instanceof DiagnosticsError && cause.code === 'INVALID_INPUT') {
    return new DiagnosticsError('TARGET_FAILED', `target ${name}: ${cause.message}`, { cause });
  }
  return cause as Error;
}

function isAboutTarget(failure: Error): boolean {
  return failure instanceof DiagnosticsError && !OWN_CODES.includes(failure.code);
}
