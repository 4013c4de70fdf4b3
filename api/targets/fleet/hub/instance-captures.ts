/**
 * Captures of an instance as the engine has them: those that it made itself, and those that were made of it through
 * the page of a fleet, whichever `pprofql fleet` that was. What the engine does not take is kept here.
 */
import { DiagnosticsError } from '../../../base/errors.ts';
import type { Capture } from '../../../diagnostics/captures/capture.ts';
import { createKeptCaptures, type KeptCaptures } from '../../../diagnostics/captures/kept.ts';
import type { Engine } from '../engine/engine.ts';
import {
  MOST_CAPTURE_BYTES,
  MOST_HEAD_BYTES,
  readCapture,
  readHead,
  writeCapture,
} from '../wire/capture/capture.ts';
import { keysOf } from '../wire/names.ts';
import type { CaptureCache } from './capture-cache.ts';

export interface InstanceCapturesOptions {
  id: string;
  name: string;
  cache: CaptureCache;
  engine(): Engine | null;
  /** Of the engine's clock before this one. */
  aheadMs(): number;
  isGone(): boolean;
  /** Of those that are kept here. */
  maxCaptures: number;
  fleetRetentionMs: number;
  log(line: string): void;
}

interface StoredCapture {
  key: string;
  capture: Capture & { name: string };
}

export function createInstanceCaptures(options: InstanceCapturesOptions): KeptCaptures {
  const { id, name, cache, aheadMs } = options;
  const keys = keysOf(id);
  const here = createKeptCaptures(options.maxCaptures);

  function engine(): Engine {
    const open = options.engine();
    if (open === null) throw new Error('it is not connected');
    return open;
  }

  async function stored(): Promise<StoredCapture[]> {
    try {
      const all = [...keys.captures, ...keys.capturesAsked];
      const heads = await engine().readBytes(all, MOST_HEAD_BYTES);
      const present = all.flatMap((key, at) => {
        const head = heads[at] == null ? null : readHead(heads[at]);
        return head === null ? [] : [{ key, which: JSON.stringify(head) }];
      });
      const captures = await Promise.all(present.map(({ key, which }) => read(key, which)));
      return captures.flatMap((capture, at) =>
        capture?.name == null
          ? []
          : [{ key: present[at]!.key, capture: { ...capture, name: capture.name } }],
      );
    } catch (cause) {
      const { message } = cause as Error;
      throw new DiagnosticsError(
        'TARGET_FAILED',
        `the captures of ${name} cannot be read: ${message}`,
        { cause },
      );
    }
  }

  async function read(key: string, which: string): Promise<Capture | null> {
    const known = cache.get(key, which);
    if (known !== null) return known;
    const [written] = await engine().readBytes([key], MOST_CAPTURE_BYTES);
    const capture = written == null ? null : readCapture(written, aheadMs());
    if (capture !== null) cache.set(key, which, capture);
    return capture;
  }

  /** Of one name the newest, which may be the instance's own. */
  async function list(): Promise<Capture[]> {
    const all = [...(await stored()).map(({ capture }) => capture), ...(await here.list())];
    all.sort((a, b) => a.askedAtMs - b.askedAtMs);
    return [...new Map(all.map((capture) => [capture.name, capture])).values()].sort(
      (a, b) => a.askedAtMs - b.askedAtMs,
    );
  }

  /** In place of one of its name, of nothing, or of the oldest. */
  function placeFor(name: string, all: readonly StoredCapture[]) {
    const asked = all.filter(({ key }) => keys.capturesAsked.includes(key));
    const same = asked.find(({ capture }) => capture.name === name);
    const free = keys.capturesAsked.find((key) => asked.every((each) => each.key !== key));
    const [oldest] = asked.sort((a, b) => a.capture.askedAtMs - b.capture.askedAtMs);
    if (same !== undefined) return { key: same.key, displaced: null };
    return free === undefined
      ? { key: oldest!.key, displaced: oldest!.capture.name }
      : { key: free, displaced: null };
  }

  /** @throws what the engine refuses */
  async function change(...command: readonly [string, ...(string | number | Buffer)[]]) {
    const [answer] = await engine().send([command]);
    if (answer instanceof Error) throw answer;
  }

  return {
    list,
    async keep(called, moment) {
      try {
        const written = writeCapture(called, moment, aheadMs());
        if (written === null) throw new Error(`it takes more than ${MOST_CAPTURE_BYTES} bytes`);
        const { key, displaced } = placeFor(called, await stored());
        await change('SET', key, written, 'PX', options.fleetRetentionMs);
        await here.delete(called);
        return { ...moment, name: called, displaced };
      } catch (error) {
        const { message } = error as Error;
        options.log(`a capture of ${name} is kept by this process alone: ${message}`);
        return here.keep(called, moment);
      }
    },
    async delete(called) {
      const wasHere = await here.delete(called);
      const named = (await stored()).filter(({ capture }) => capture.name === called);
      if (!options.isGone() && named.some(({ key }) => keys.captures.includes(key))) {
        throw new DiagnosticsError(
          'UNAVAILABLE',
          `${name} has made this capture itself, and keeps it: it can be forgotten there`,
        );
      }
      for (const { key } of named) await change('DEL', key);
      return wasHere || named.length > 0;
    },
  };
}
