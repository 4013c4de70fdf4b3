/** The thread that large inputs are analyzed on. */
import { parentPort } from 'node:worker_threads';
import { DiagnosticsError, type ErrorCode } from '../../base/errors.ts';
import { ANALYSES } from './analyses.ts';

export interface AnalysisQuestion {
  id: number;
  name: keyof typeof ANALYSES;
  input: unknown;
}

export interface AnalysisAnswer {
  id: number;
  outcome: { value: unknown } | { code: ErrorCode | null; message: string };
}

parentPort!.on('message', ({ id, name, input }: AnalysisQuestion) => {
  const answer: AnalysisAnswer = { id, outcome: outcomeOf(name, input) };
  parentPort!.postMessage(answer);
});

function outcomeOf(name: keyof typeof ANALYSES, input: unknown): AnalysisAnswer['outcome'] {
  try {
    return { value: (ANALYSES[name] as (input: unknown) => unknown)(input) };
  } catch (error) {
    const code = error instanceof DiagnosticsError ? error.code : null;
    return { code, message: error instanceof Error ? error.message : String(error) };
  }
}
