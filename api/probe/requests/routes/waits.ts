/**
 * Where the time of requests goes, by route: from looks at those in flight, whose tasks say what they
 * wait for. Each look stands for the time since the one before.
 */
import { math } from '../../../base/numbers/math.ts';
import type { WaitReading } from '../../readings/requests.ts';
import type { StackFrame, TasksReading } from '../../readings/tasks.ts';
import { requestPlaces } from '../places.ts';
import { OTHER_ROUTES } from './route-table.ts';

export interface SeenWait extends WaitReading {
  /** Where requests wait, innermost first; empty where it is not known. */
  frames: StackFrame[];
}

const MOST_ROUTES = 200;
const MOST_STACKS_PER_ROUTE = 50;
/** A look stands for no more than this: before it nobody knows what was. */
const LONGEST_GAP_MS = 5_000;
/** What a stack is told from others by; a cut-off one may be of several places. */
const TOLD_FRAMES = 16;

interface Place extends WaitReading {
  frames: StackFrame[];
  key: string;
}

export class RouteWaits {
  readonly #routes = new Map<string, Map<string, Place>>();
  #lastAtMs: number | null = null;

  note(reading: TasksReading): void {
    const gapMs = reading.takenAtMs - (this.#lastAtMs ?? reading.takenAtMs - LONGEST_GAP_MS / 10);
    if (gapMs <= 0) return;
    this.#lastAtMs = reading.takenAtMs;
    const ms = math.min(gapMs, LONGEST_GAP_MS);
    const keys = new Map<number, string>();
    for (const { route, weight, stacks, isLeftOut } of requestPlaces(reading).values()) {
      const share = (weight * ms) / math.max(1, stacks.length);
      // Those of its route that are recorded tell for it, now or at another look.
      if (stacks.length === 0 && !isLeftOut) this.#add(route, '', [], share);
      for (const stack of stacks) {
        const frames = reading.stacks[stack]!;
        const key = keys.get(stack) ?? keyOf(frames);
        keys.set(stack, key);
        this.#add(route, key, frames, share);
      }
    }
  }

  read(): ReadonlyMap<string, SeenWait[]> {
    const routes = new Map<string, SeenWait[]>();
    for (const [route, places] of this.#routes) {
      routes.set(
        route,
        [...places.values()].map(({ frames, ms, samples }) => ({ frames, ms, samples })),
      );
    }
    return routes;
  }

  #add(route: string, key: string, frames: StackFrame[], ms: number): void {
    const places = this.#placesOf(route);
    let place = places.get(key);
    if (place === undefined) {
      if (places.size >= MOST_STACKS_PER_ROUTE) forgetLeast(places);
      place = { key, frames: frames.slice(0, TOLD_FRAMES), ms: 0, samples: 0 };
      places.set(key, place);
    }
    place.ms += ms;
    place.samples += 1;
  }

  #placesOf(route: string): Map<string, Place> {
    const name = this.#routes.has(route) || this.#routes.size < MOST_ROUTES ? route : OTHER_ROUTES;
    let places = this.#routes.get(name);
    if (places === undefined) {
      places = new Map();
      this.#routes.set(name, places);
    }
    return places;
  }
}

/** What is left of it counts as time whose place is not known. */
function forgetLeast(places: Map<string, Place>): void {
  let least: Place | null = null;
  for (const place of places.values()) {
    if (place.key !== '' && (least === null || place.ms < least.ms)) least = place;
  }
  if (least === null) return;
  places.delete(least.key);
  const unknown = places.get('') ?? { key: '', frames: [], ms: 0, samples: 0 };
  unknown.ms += least.ms;
  unknown.samples += least.samples;
  places.set('', unknown);
}

function keyOf(frames: readonly StackFrame[]): string {
  return frames
    .slice(0, TOLD_FRAMES)
    .map(({ function: name, file, line, column }) => `${name}\n${file}:${line}:${column}`)
    .join('\n');
}
