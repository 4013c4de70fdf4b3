/** Where the time of a short CPU profile went, by the program's own functions. */
import { timesReader } from '../../analyzers/cpu/times.ts';
import { isOwn } from '../../base/files/frame-origin.ts';
import { isOwnFile, isRuntimeFile } from '../../base/files/own-files.ts';
import type { HotCodeEvidence } from '../../health/evidence/loop.ts';
import { functionKey, hotFrameOf, hotStackOf } from '../../health/hot-frame.ts';
import { GARBAGE_COLLECTOR, ROUTE_LABEL } from '../../profile/from-readings/cpu.ts';
import type { Frame } from '../../profile/profile.ts';
import type { CpuProfile } from './profile.ts';

const MOST_PLACES = 20;
const MOST_SHARE = 0.5;
/** Who called it once at the start has no part in what it does since. */
const CALLER_SHARE = 0.05;

/** All stacks that lead to one function of the program. */
interface PlaceSum {
  frames: readonly Frame[];
  /** Of the stack that is shown: the one that took most. */
  framesMs: number;
  ms: number;
  callers: Map<string, { frame: Frame; ms: number }>;
  routes: Map<string, number>;
}

export function hotCodeOf(
  { profile, durationMs, idleMs }: CpuProfile,
  takenAtMs: number,
): HotCodeEvidence {
  const read = timesReader(profile);
  const places = new Map<string, PlaceSum>();
  let collectingMs = 0;
  let nodeMs = 0;
  for (const sample of profile.samples) {
    const { wallMs } = read.times(sample);
    const frames = Array.from(sample.stack, (index) => profile.frames[index]!);
    if (isCollection(frames)) collectingMs += wallMs;
    else if (frames.every(({ file }) => isRuntimeFile(file))) nodeMs += wallMs;
    else if (!isOwnWork(frames)) addTo(places, frames, wallMs, sample.labels?.[ROUTE_LABEL]);
  }
  const lastedMs = durationMs ?? 0;
  return {
    takenAtMs,
    lastedMs,
    busyMs: lastedMs - idleMs,
    collectingMs,
    nodeMs,
    places: [...places.values()]
      .sort((a, b) => b.ms - a.ms)
      .slice(0, MOST_PLACES)
      .map(({ frames, callers, ms, routes }) => ({
        frames,
        callers: [...callers.values()]
          .filter((caller) => caller.ms >= ms * CALLER_SHARE)
          .map(({ frame }) => frame),
        ms,
        route: mainRoute(routes, ms),
      })),
  };
}

function addTo(
  places: Map<string, PlaceSum>,
  frames: readonly Frame[],
  wallMs: number,
  route: string | undefined,
): void {
  const hot = hotFrameOf(frames) ?? frames.find(({ file }) => !isRuntimeFile(file));
  const key = functionKey(hot);
  const place = places.get(key) ?? {
    frames: [],
    framesMs: 0,
    ms: 0,
    callers: new Map(),
    routes: new Map(),
  };
  if (wallMs > place.framesMs) {
    place.frames = hotStackOf(frames);
    place.framesMs = wallMs;
  }
  place.ms += wallMs;
  const callers = hotStackOf(frames).filter((frame) => isOwn(frame) && functionKey(frame) !== key);
  for (const [caller, frame] of new Map(callers.map((each) => [functionKey(each), each]))) {
    const known = place.callers.get(caller) ?? { frame, ms: 0 };
    known.ms += wallMs;
    place.callers.set(caller, known);
  }
  if (route !== undefined) place.routes.set(route, (place.routes.get(route) ?? 0) + wallMs);
  places.set(key, place);
}

function mainRoute(routes: ReadonlyMap<string, number>, ms: number): string | null {
  const [largest] = [...routes].sort(([, a], [, b]) => b - a);
  return largest !== undefined && largest[1] >= ms * MOST_SHARE ? largest[0] : null;
}

function isCollection([top]: readonly Frame[]): boolean {
  return top?.function === GARBAGE_COLLECTOR && top.file === '';
}

function isOwnWork(frames: readonly Frame[]): boolean {
  const involvesProgram = frames.some(({ file }) => !isOwnFile(file) && !isRuntimeFile(file));
  return !involvesProgram && frames.some(({ file }) => isOwnFile(file));
}
