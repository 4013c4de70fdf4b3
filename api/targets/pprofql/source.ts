/** A process that runs pprofql as well, asked over its GraphQL API. */
import { MS_PER_SECOND } from '../../base/numbers/units.ts';
import type { Decoder } from '../decoding/decoder.ts';
import type { TargetHttp } from '../remote/http.ts';
import type { TargetSource } from '../target.ts';
import { allocationsOf } from './answers/allocations.ts';
import { readingOf } from './answers/figures.ts';
import { healthOf } from './answers/health.ts';
import { loopOf } from './answers/loop.ts';
import { requestsOf, routesOf } from './answers/requests.ts';
import { tasksOf } from './answers/tasks.ts';
import { createAsker, type Post, postOver } from './ask.ts';
import {
  type AllocationsFragment,
  type FiguresFragment,
  HealthDocument,
  IsThereDocument,
  KnowsRequestsDocument,
  LoopDocument,
  PprofDocument,
  RequestsDocument,
  RoutesDocument,
  TasksDocument,
  type TypedDocumentString,
} from './generated/graphql.ts';

export interface PprofqlSource extends TargetSource {
  /** Whether what answers is a pprofql; false also where nothing answers. */
  isThere(): Promise<boolean>;
}

/** Which part of the document is answered is told by its variable. */
type PartOfPprof<Data, IsAllocations> = TypedDocumentString<Data, { allocations: IsAllocations }>;
const FIGURES = PprofDocument as unknown as PartOfPprof<FiguresFragment, false>;
const ALLOCATIONS = PprofDocument as unknown as PartOfPprof<AllocationsFragment, true>;

const FIGURES_TIMEOUT_MS = 5_000;
/** It loads GraphQL at the first question, which takes a busy machine seconds. */
const FIRST_TIMEOUT_MS = 20_000;
/** It reads its tasks for it, or waits until it knows that its thread is blocked. */
const HEALTH_TIMEOUT_MS = 20_000;
/** A forced collection of a large heap takes seconds, and the other side waits 30 for it. */
const PROFILE_TIMEOUT_MS = 40_000;
const CPU_PROFILE_EXTRA_MS = 60_000;
const ANSWER_BYTES = 64 * 1024 ** 2;
/** What begins with it can be told as unavailable, by the rest. */
const PPROF_PATH = 'pprof.';
/** What one does not tell that knows no such type. */
const REQUEST_FIELDS = ['requests', 'requestCoverage', 'routes'];

export function createPprofqlSource({
  name,
  http,
  decoder,
  post = postOver(http, ANSWER_BYTES),
}: {
  name: string;
  http: TargetHttp;
  decoder: Decoder;
  /** How documents are sent. @default over `http` */
  post?: Post;
}): PprofqlSource {
  const { ask, lackingIn, forget } = createAsker({ name, post });
  let instanceId: string | null = null;
  /** Null where that has yet to be asked. */
  let knowsRequests: boolean | null = null;

  function lackingFields(): string[] {
    return lackingIn(FIGURES)
      .filter((path) => path.startsWith(PPROF_PATH))
      .map((path) => path.slice(PPROF_PATH.length));
  }

  /** Asked once: what begins anew is asked again. */
  async function lackingRequests(): Promise<readonly string[]> {
    knowsRequests ??= await ask(KnowsRequestsDocument, {
      timeoutMs: FIGURES_TIMEOUT_MS,
      variables: {},
    }).then(
      ({ requestType }) => requestType !== null,
      () => null,
    );
    return knowsRequests === false ? REQUEST_FIELDS : [];
  }

  return {
    kind: 'PPROFQL',
    isThere: () =>
      ask(IsThereDocument, { timeoutMs: FIRST_TIMEOUT_MS, variables: {} }).then(
        () => true,
        () => false,
      ),
    async read() {
      const request = { timeoutMs: FIGURES_TIMEOUT_MS, variables: { allocations: false } } as const;
      const answer = await ask(FIGURES, request);
      const reading = readingOf(answer, {
        lacking: [...lackingFields(), ...(await lackingRequests())],
        receivedAtMs: Date.now(),
      });
      // What has started again may know more than before: asked for at the next question.
      if (instanceId !== null && instanceId !== reading.process.instanceId) {
        forget();
        knowsRequests = null;
      }
      instanceId = reading.process.instanceId;
      return reading;
    },
    async readAllocations() {
      const request = { timeoutMs: PROFILE_TIMEOUT_MS, variables: { allocations: true } } as const;
      return allocationsOf(await ask(ALLOCATIONS, request));
    },
    async readHeap() {
      const request = { timeoutMs: PROFILE_TIMEOUT_MS, maxBytes: ANSWER_BYTES };
      const bytes = await http({ path: '/debug/pprof/heap', ...request });
      // It may serve a read from before: the profile says when that was.
      return decoder.run('heap', { bytes, collectedAtMs: null });
    },
    readGoroutines: async ({ raw, exact = false }) => {
      const variables = { raw, exact };
      return tasksOf(await ask(TasksDocument, { timeoutMs: PROFILE_TIMEOUT_MS, variables }));
    },
    readRequests: async (variables) =>
      requestsOf(await ask(RequestsDocument, { timeoutMs: PROFILE_TIMEOUT_MS, variables })),
    readRoutes: async (variables) =>
      routesOf(await ask(RoutesDocument, { timeoutMs: FIGURES_TIMEOUT_MS, variables })),
    readLoop: async () =>
      loopOf(await ask(LoopDocument, { timeoutMs: FIGURES_TIMEOUT_MS, variables: {} })),
    async readHealth() {
      if (lackingIn(HealthDocument).includes('health')) return null;
      return healthOf(await ask(HealthDocument, { timeoutMs: HEALTH_TIMEOUT_MS, variables: {} }));
    },
    async readCpuProfile({ seconds, signal }) {
      const bytes = await http({
        // A fraction is no number there, and would be taken for the default of 30.
        path: `/debug/pprof/profile?seconds=${Math.ceil(seconds)}`,
        timeoutMs: seconds * MS_PER_SECOND + CPU_PROFILE_EXTRA_MS,
        maxBytes: ANSWER_BYTES,
        signal,
      });
      return decoder.run('profile', { bytes });
    },
  };
}
