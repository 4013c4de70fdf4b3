/** The thread that large inputs are decoded on. */
import { parentPort } from 'node:worker_threads';
import { DiagnosticsError, type ErrorCode } from '../../base/errors.ts';
import { DECODINGS } from './decodings.ts';

export interface DecodingQuestion {
  id: number;
  name: keyof typeof DECODINGS;
  input: unknown;
}

export interface DecodingAnswer {
  id: number;
  outcome: { value: unknown } | { code: ErrorCode | null; message: string };
}

parentPort!.on('message', ({ id, name, input }: DecodingQuestion) => {
  const answer: DecodingAnswer = { id, outcome: outcomeOf(name, input) };
  parentPort!.postMessage(answer);
});

function outcomeOf(name: keyof typeof DECODINGS, input: unknown): DecodingAnswer['outcome'] {
  try {
    return { value: (DECODINGS[name] as (input: unknown) => unknown)(input) };
  } catch (error) {
    const code = error instanceof DiagnosticsError ? error.code : null;
    return { code, message: error instanceof Error ? error.message : String(error) };
  }
}
