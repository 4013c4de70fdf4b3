/** A process that runs pprofql as well, asked over its GraphQL API. */
import { DiagnosticsError, ERROR_CODES, type ErrorCode } from '../../base/errors.ts';
import type { Analyst } from '../analysis/thread.ts';
import type { TargetHttp } from '../remote/http.ts';
import type { TargetSource } from '../target.ts';
import { allocationsOf, loopOf, readingOf, tasksOf } from './answers.ts';
import {
  ALLOCATIONS_QUESTION,
  ALLOCATIONS_QUESTION_OF_0_1,
  FIGURES_QUESTION,
  IDENTITY_QUESTION,
  LOOP_QUESTION,
  TASKS_QUESTION,
  type WireAllocations,
  type WireFigures,
  type WireLoop,
  type WireTasks,
} from './questions.ts';

export interface PprofqlSource extends TargetSource {
  /** Whether what answers is a pprofql; false also where nothing answers. */
  isThere(): Promise<boolean>;
}

const FIGURES_TIMEOUT_MS = 5_000;
/** A forced collection of a large heap takes seconds, and the other side waits 30 for it. */
const PROFILE_TIMEOUT_MS = 40_000;
const CPU_PROFILE_EXTRA_MS = 60_000;
const ANSWER_BYTES = 64 * 1024 ** 2;
const MS_PER_SECOND = 1_000;

interface WireError {
  message: string;
  extensions?: { code?: unknown };
}

export function createPprofqlSource({
  name,
  http,
  analyst,
}: {
  name: string;
  http: TargetHttp;
  analyst: Analyst;
}): PprofqlSource {
  async function ask<Data>(
    query: string,
    timeoutMs: number,
    variables: Record<string, unknown> = {},
  ): Promise<Data> {
    const path = '/graphql';
    const json = { query, variables };
    const body = await http({ path, json, timeoutMs, maxBytes: ANSWER_BYTES });
    const { data, errors } = parseAnswer(body);
    if (errors?.[0] !== undefined) throw errorOf(errors[0]);
    if (data == null) throw failed(`target ${name} answered ${path} with no data`);
    return data as Data;
  }

  function parseAnswer(body: Buffer): { data?: unknown; errors?: WireError[] } {
    try {
      return JSON.parse(body.toString('utf8'));
    } catch (cause) {
      throw failed(`target ${name} answered /graphql with no JSON`, cause);
    }
  }

  /** Its own word where it is one of ours: its thread does not respond, its budget is spent. */
  function errorOf({ message, extensions }: WireError): DiagnosticsError {
    const code = String(extensions?.code ?? '');
    const isKnown = Object.hasOwn(ERROR_CODES, code) && code !== 'UNAUTHENTICATED';
    const text = `target ${name}: ${message}`;
    return isKnown ? new DiagnosticsError(code as ErrorCode, text) : failed(text);
  }

  /** One that is older refuses a question for fields that it does not know. */
  async function askForAllocations(): Promise<WireAllocations> {
    try {
      return await ask(ALLOCATIONS_QUESTION, PROFILE_TIMEOUT_MS);
    } catch (error) {
      if (!(error instanceof DiagnosticsError) || error.code !== 'TARGET_FAILED') throw error;
      return ask(ALLOCATIONS_QUESTION_OF_0_1, PROFILE_TIMEOUT_MS);
    }
  }

  return {
    kind: 'PPROFQL',
    isThere: () =>
      ask(IDENTITY_QUESTION, FIGURES_TIMEOUT_MS).then(
        () => true,
        () => false,
      ),
    read: async () => readingOf(await ask<WireFigures>(FIGURES_QUESTION, FIGURES_TIMEOUT_MS)),
    readAllocations: async () => allocationsOf(await askForAllocations()),
    async readHeap() {
      const request = { timeoutMs: PROFILE_TIMEOUT_MS, maxBytes: ANSWER_BYTES };
      const bytes = await http({ path: '/debug/pprof/heap', ...request });
      // It may serve a read from before: the profile says when that was.
      return analyst.run('heap', { bytes, collectedAtMs: null });
    },
    readGoroutines: async ({ raw }) =>
      tasksOf(await ask<WireTasks>(TASKS_QUESTION, PROFILE_TIMEOUT_MS, { raw })),
    readLoop: async () => loopOf(await ask<WireLoop>(LOOP_QUESTION, FIGURES_TIMEOUT_MS)),
    async readCpuProfile({ seconds, signal }) {
      const bytes = await http({
        path: `/debug/pprof/profile?seconds=${seconds}`,
        timeoutMs: seconds * MS_PER_SECOND + CPU_PROFILE_EXTRA_MS,
        maxBytes: ANSWER_BYTES,
        signal,
      });
      return analyst.run('profile', { bytes });
    },
  };
}

function failed(message: string, cause?: unknown): DiagnosticsError {
  return new DiagnosticsError('TARGET_FAILED', message, { cause });
}
