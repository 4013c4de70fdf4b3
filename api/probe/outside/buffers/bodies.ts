/**
 * Sees who reads bodies of answers to `fetch` as bytes, for as long as somebody suspects buffers: what
 * keeps such a body is made inside of Node, on nobody's stack. How large a body is, its headers tell;
 * whether it is kept, nobody does.
 */
import { OwnWeakRef, ownProcess } from '../../../base/builtins.ts';
import { wallClockMs } from '../../../base/own-time.ts';
import { BODY, recordOf } from '../record.ts';
import { sampleByCount } from '../sampling.ts';
import type { WatchOptions } from './buffers.ts';
import { type Call, createStandIns } from './stand-ins.ts';

const READERS = ['arrayBuffer', 'blob', 'bytes'] as const;

const MOST_PER_SECOND = 20;

/** A look at `Response` would load all of it into a program that never fetches. */
const MODULE_OF_FETCH = 'NativeModule internal/deps/undici/undici';

const { apply } = Reflect;

export interface BodyWatch {
  start(): void;
  stop(): void;
}

export function createBodyWatch({ stacks, add }: WatchOptions): BodyWatch {
  const sampling = sampleByCount(MOST_PER_SECOND);
  const standIns = createStandIns(read);
  let isOn = false;

  function read({ original, self, args, below }: Call): unknown {
    try {
      note(self as Response, below);
    } catch {
      // Whatever went wrong, the program reads its body.
    }
    return apply(original, self, args);
  }

  function note(answer: Response, below: Call['below']): void {
    const madeAtMs = wallClockMs();
    const weight = sampling.weigh(madeAtMs);
    const bytes = weight === 0 ? 0 : Number(answer.headers.get('content-length') ?? 0);
    if (!(bytes > 0)) return;
    const holder = stacks.takeDeep(below);
    add(recordOf({ kind: BODY, weight, bytes, madeAtMs, holder, ref: new OwnWeakRef(answer) }));
  }

  return {
    start() {
      if (isOn || !hasFetched()) return;
      isOn = standIns.put(Response.prototype, READERS) === null;
    },
    stop() {
      isOn = false;
      standIns.takeBack();
    },
  };
}

function hasFetched(): boolean {
  const { moduleLoadList } = ownProcess as { moduleLoadList?: unknown };
  return Array.isArray(moduleLoadList) && moduleLoadList.includes(MODULE_OF_FETCH);
}
