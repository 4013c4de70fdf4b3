/** Which function of the program goes round and round, where each round is short and Node begins the next one. */
import { isOwn } from '../base/files/frame-origin.ts';
import type { Frame } from '../profile/profile.ts';
import type { HotPlace } from './evidence/loop.ts';
import { functionKey, hotFrameOf, isAnonymous } from './hot-frame.ts';

export interface LoopFeeder {
  frame: Frame;
  /** Top frame first: itself, and who called it. */
  frames: readonly Frame[];
  /** In it and in what it calls. */
  ms: number;
  /** What takes most of that time for it; null where it does so itself. */
  calls: Frame | null;
}

/** Of the time in code of the program: with less, other things go on besides. */
const FEEDER_SHARE = 0.8;

/**
 * The function that all the others are called for.
 * Example: of `dial | keepConnected`, `keepConnected`, and `dial` that went on after its own `await`, it is `keepConnected`.
 * @returns null where no function alone explains most of the time
 */
export function loopFeederOf(places: readonly HotPlace[]): LoopFeeder | null {
  const [largest] = places;
  if (largest === undefined) return null;
  const calledFor = callersByFunction(places);
  const allMs = sumOf(places);
  const candidates = [...framesByFunction(places)].flatMap(([key, frames]) => {
    const [frame] = frames;
    const ms = sumOf(places.filter((place) => isFor(keyOf(place), key, calledFor)));
    return frame === undefined || ms < FEEDER_SHARE * allMs ? [] : [{ key, frame, frames, ms }];
  });
  const named = candidates.filter(({ frame }) => !isAnonymous(frame));
  const those = named.length > 0 ? named : candidates;
  // Each is called for the last one, and that for none of them.
  const outermost = those.find(({ key }) =>
    those.every((other) => other.key === key || !isFor(key, other.key, calledFor)),
  );
  if (outermost === undefined) return null;
  const { key, frame, frames, ms } = outermost;
  return { frame, frames, ms, calls: keyOf(largest) === key ? null : hotFrameOf(largest.frames) };
}

/** Where each function of the program was met, with the stack from there on. */
function framesByFunction(places: readonly HotPlace[]): Map<string, readonly Frame[]> {
  const found = new Map<string, readonly Frame[]>();
  for (const { frames } of places) {
    frames.forEach((frame, at) => {
      const key = functionKey(frame);
      if (isOwn(frame) && !found.has(key)) found.set(key, frames.slice(at));
    });
  }
  for (const { callers } of places) {
    for (const caller of callers) {
      if (!found.has(functionKey(caller))) found.set(functionKey(caller), [caller]);
    }
  }
  return found;
}

function callersByFunction(places: readonly HotPlace[]): Map<string, ReadonlySet<string>> {
  return new Map(
    places.map((place) => [
      keyOf(place),
      new Set([...place.frames.filter(isOwn), ...place.callers].map(functionKey)),
    ]),
  );
}

/** Itself, or called by it, directly or not. */
function isFor(
  key: string,
  feeder: string,
  calledFor: ReadonlyMap<string, ReadonlySet<string>>,
  seen = new Set<string>(),
): boolean {
  if (key === feeder) return true;
  if (seen.has(key)) return false;
  seen.add(key);
  return [...(calledFor.get(key) ?? [])].some((caller) => isFor(caller, feeder, calledFor, seen));
}

function keyOf({ frames }: HotPlace): string {
  return functionKey(hotFrameOf(frames));
}

function sumOf(places: readonly HotPlace[]): number {
  return places.reduce((sum, { ms }) => sum + ms, 0);
}
