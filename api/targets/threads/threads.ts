/** The worker threads of the observed process as targets: each from its start to its end. */
import { SELF } from '../../base/self.ts';
import { singleFlight } from '../../base/waiting/single-flight.ts';
import type { ProbeDiagnostics } from '../../diagnostics/diagnostics.ts';
import { loadedMapRequest } from '../../diagnostics/opened-source-maps.ts';
import type { OwnedDiagnostics } from '../../diagnostics/types.ts';
import type { Finding, FindingKind } from '../../health/finding.ts';
import type { InspectedThread, ThreadsInspector } from '../../link/threads.ts';
import type { WorkerOrigin } from '../../probe/readings/requests.ts';
import type { ReadLoaded } from '../../source-maps/source-maps.ts';
import type { SourceDiagnosticsOptions } from '../asked/diagnostics.ts';
import { type TargetParts, type TargetRegistry, targetFrom } from '../list.ts';
import { evaluate } from './evaluate.ts';
import { loadedMap } from './expressions.ts';
import { createThreadHealth, type ThreadHealth } from './health.ts';
import { createThreadSource, type ThreadSource, type ThreadSourceOptions } from './source.ts';

export interface ThreadTargetsOptions
  extends Omit<SourceDiagnosticsOptions, 'name' | 'answering' | 'keepHistory' | 'via'>,
    Pick<
      ThreadSourceOptions,
      | 'locateStack'
      | 'heapSamplingIntervalBytes'
      | 'stallThresholdMs'
      | 'categoryRules'
      | 'pauseBudgetPercent'
    > {
  threads: ThreadsInspector;
  own: Pick<ProbeDiagnostics, 'process' | 'eventLoop' | 'judgeParts' | 'checkHealth'>;
  /** Which of them were made in a request. Rejects where the main thread does not tell. */
  readOrigins: () => Promise<WorkerOrigin[]>;
}

/** Between two looks at what the kernel tells of each worker. */
const TICK_MS = 1_000;
const WAIT = 'Atomics.wait';
/** Each worker that is looked into takes the main thread a moment as well. */
const LOOKS_PER_TICK = 12;

/** What a process has to tell of its workers. */
const TOLD_KINDS: readonly FindingKind[] = [
  'BLOCKED_LOOP',
  'BUSY_THREAD',
  'HEAP_GROWTH',
  'NEAR_HEAP_LIMIT',
];

interface ThreadTarget {
  source: ThreadSource;
  health: ThreadHealth;
  diagnostics: OwnedDiagnostics;
}

/** @param registry the list that they join and leave */
export function followThreads(
  options: ThreadTargetsOptions,
  registry: TargetRegistry,
): TargetParts {
  const { threads, own } = options;
  const targets = new Map<number, ThreadTarget>();
  let ticks: NodeJS.Timeout | undefined;
  let nextAt = 0;
  let isMainInNative = false;
  let isMainWaiting = false;
  let wasTold = false;

  /** Asked once for all that have just come. */
  const learnOrigins = singleFlight(async () => {
    // Whoever comes now is asked about as well.
    await Promise.resolve();
    const origins = await options.readOrigins().catch(() => []);
    for (const { threadId, route } of origins) targets.get(threadId)?.source.noteRoute(route);
  });

  function add(thread: InspectedThread): void {
    const name = nameOf(thread);
    const readLoaded: ReadLoaded = async (file) => {
      const map = await evaluate<object | null>(thread, loadedMap(loadedMapRequest(file)));
      return map === null ? null : JSON.stringify(map);
    };
    const source = createThreadSource(thread, {
      ...options,
      locateStack: (frames, deadlineMs) => options.locateStack(frames, deadlineMs, readLoaded),
      isMainInNative: () => isMainInNative,
      processFacts: own.process,
    });
    const health = createThreadHealth({
      ...source,
      name,
      // Called only once it is a target.
      history: () => target.diagnostics.history(),
      isMainWaiting: () => isMainWaiting,
      readAllocations: () => source.readAllocations(),
    });
    const judging = { ...source, readHealth: async () => health.judge() };
    const target = targetFrom(name, judging, { ...options, keepHistory: true, via: 'INSPECTOR' });
    const { title } = source;
    targets.set(thread.id, { source, health, diagnostics: target.diagnostics });
    registry.add({
      ...target,
      status: async () => ({
        ...(await target.status()),
        parent: SELF,
        title,
        thread: source.status(),
      }),
    });
    startTicking();
    void learnOrigins();
  }

  function remove(thread: InspectedThread): void {
    const target = targets.get(thread.id);
    if (target === undefined) return;
    targets.delete(thread.id);
    target.source.close();
    target.diagnostics.stop();
    registry.remove(nameOf(thread), `${target.source.title} has ended`);
    if (targets.size === 0) clearInterval(ticks);
  }

  function startTicking(): void {
    if (targets.size > 1) return;
    clearInterval(ticks);
    ticks = setInterval(() => void tick().catch(() => {}), TICK_MS);
    ticks.unref();
  }

  async function tick(): Promise<void> {
    const { state, stack } = await own.eventLoop();
    isMainWaiting = stack?.frames[0]?.function === WAIT;
    isMainInNative = state === 'IN_NATIVE_CODE' || state === 'PAUSED_BY_DEBUGGER';
    const all = [...targets.values()];
    for (let looked = 0; looked < Math.min(LOOKS_PER_TICK, all.length); looked += 1) {
      const { source, health } = all[nextAt++ % all.length]!;
      void source.tick();
      void health.suspect();
    }
    // What was found before may be over, too.
    if (findings().length > 0 || wasTold) own.checkHealth();
    wasTold = findings().length > 0;
  }

  function findings(): Finding[] {
    return [...targets.values()].flatMap(({ health }) =>
      health.judge().findings.filter(({ kind }) => TOLD_KINDS.includes(kind)),
    );
  }

  own.judgeParts(findings);
  threads.follow({ started: add, ended: remove });
  return {
    refresh: threads.refresh,
    stop() {
      clearInterval(ticks);
      for (const { source, diagnostics } of targets.values()) {
        source.close();
        diagnostics.stop();
      }
      threads.close();
      targets.clear();
    },
  };
}

const nameOf = ({ id }: InspectedThread): string => `worker-${id}`;
