/**
 * What listeners and promises stay, by looks in short windows: close together while the heap is suspected of growing,
 * else a few in ten minutes.
 */
import type { PointEvidence } from '../../../../health/evidence/evidence.ts';
import type { HeapEvidence, LeftEvidence } from '../../../../health/evidence/heap.ts';
import type { ListenersEvidence } from '../../../../health/evidence/outside.ts';
import { isDerived, promiseMakerOf } from '../../../../health/growth/growers.ts';
import type { FiguresReading } from '../../../../probe/readings/figures.ts';
import type { KeptQuestion, KeptReading } from '../../../../probe/readings/memory/kept.ts';
import { createListenerCounts } from './listener-counts.ts';
import { createRoutineLooks } from './routine-looks.ts';

export interface KeptLooksOptions {
  /** With the original places. */
  readKept: (question: KeptQuestion) => Promise<KeptReading>;
  readFigures: () => Promise<FiguresReading>;
  nowMs: () => number;
}

export interface KeptLooks {
  /** A look, and a window in which what is made from now on is seen. */
  look(): Promise<void>;
  /** With nothing suspected: whatever is due now, without reads of the heap and collections. */
  lookByRoutine(points: readonly PointEvidence[]): Promise<void>;
  /** Whether something stays, in bytes so little that the heap does not tell. */
  isStaying(left: readonly LeftEvidence[]): boolean;
  /** Connections, as last seen. */
  sockets(): number;
  promises(): HeapEvidence['promises'];
  listeners(): ListenersEvidence[];
  forget(): void;
}

const WINDOW_MS = 1_000;

export function createKeptLooks({ readKept, readFigures, nowMs }: KeptLooksOptions): KeptLooks {
  const routine = createRoutineLooks();
  const listeners = createListenerCounts();
  let promises: HeapEvidence['promises'] = [];
  let sockets = 0;

  async function lookFor(windowMs: number): Promise<void> {
    const reading = await readKept({ windowMs });
    await note(reading, await readFigures());
  }

  async function note(reading: KeptReading, figures: FiguresReading): Promise<void> {
    sockets = reading.sockets;
    const users = sockets + figures.requestsInFlight;
    await listeners.note(reading, { requests: figures.requestsServed, users });
    promises = reading.promises
      .map(({ stack, ...figuresOfPlace }) => ({
        ...figuresOfPlace,
        frames: reading.stacks[stack] ?? [],
      }))
      .sort((a, b) => b.keptPerSecond - a.keptPerSecond);
  }

  function isStaying(left: readonly LeftEvidence[]): boolean {
    if (promiseMakerOf({ heap: { left, promises } }) !== null) return true;
    return listeners.evidence().some(({ counts }) => counts.at(-1)!.count > counts[0]!.count);
  }

  return {
    look: () => lookFor(WINDOW_MS),
    async lookByRoutine(points) {
      const look = routine.due(points, nowMs(), isStaying([]));
      if (look === null) return;
      await lookFor(look === 'WINDOW' ? WINDOW_MS : 0);
      // A cache of promises that fills is one of many things; where the heap does not rise, only those tell that hang on another one.
      promises = promises.filter(isDerived);
    },
    isStaying,
    sockets: () => sockets,
    promises: () => promises,
    listeners: listeners.evidence,
    forget() {
      promises = [];
      listeners.forget();
    },
  };
}
