/**
 * Where the sidecar is found: on a port of its own, or through the process that observes an ancestor of this
 * one, for as long as that runs.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Listening } from '../server/listen.ts';
import { type ChildSelf, type Joined, joinObserver } from '../targets/children/join.ts';
import {
  type Family,
  type FamilyPlace,
  findObserver,
  findSibling,
  isRunning,
  isUndecided,
  ownerOf,
  putMark,
  removeMark,
  removeStaleFiles,
  settleToServe,
  socketOf,
  undecidedSiblings,
} from '../targets/children/place.ts';

export interface HomeOptions {
  family: Family | null;
  /** As which it is shown by another process. */
  self: Omit<ChildSelf, 'place'>;
  /** Serves at the port. @param wasChild whether it has been served through another process before */
  listenOpenly(wasChild: boolean): Promise<Listening>;
  /** Serves whoever may look into the folder. */
  listenAt(path: string): Promise<Listening>;
  /** From now on children may join. */
  openDoor(place: FamilyPlace): void;
  /** Told why it cannot be served at a port, once it is on its own. */
  onFailure(error: unknown): void;
}

export interface Home {
  /** Null where it is served through another process. */
  url: string | null;
  stop(): Promise<void>;
}

/** Both may be about to end: then nothing is to be opened, nor printed. Longer for the child of a child. */
const LONELY_AFTER_MS = 2_000;
/** The observer runs, and its sidecar is started again. */
const OBSERVER_BACK_WITHIN_MS = 30_000;
const LOOK_EVERY_MS = 250;
const MOST_SIBLINGS_TRIED = 5;
/** Their programs start at the same time, and a busy machine takes its time. */
const SIBLINGS_DECIDE_WITHIN_MS = 10_000;
const ASK_SIBLINGS_EVERY_MS = 20;

/** @throws DiagnosticsError where it cannot listen */
export async function findHome(options: HomeOptions): Promise<Home> {
  const { family } = options;
  let server: Listening | null = null;
  let joined: Joined | null = null;
  let isStopped = false;

  /** Null where another that pm2 has started serves it. */
  async function beOnItsOwn(wasChild: boolean): Promise<string | null> {
    if (family !== null) {
      const { place } = family;
      if (wasChild) putMark(place);
      for (let attempt = 0; attempt < MOST_SIBLINGS_TRIED; attempt++) {
        const sibling = family.isApart ? null : await siblingToJoin(place);
        if (sibling === null) break;
        removeMark(place);
        if (await join(sibling)) return null;
        // It may have joined one that was not there yet as this one looked, and which is found now.
        putMark(place);
      }
      if (isStopped) return null;
      settleToServe(place);
    }
    const listening = await options.listenOpenly(wasChild);
    server = listening;
    if (family !== null) {
      options.openDoor(family.place);
      removeStaleFiles(family.place);
    }
    return listening.url;
  }

  async function join(observer: FamilyPlace): Promise<boolean> {
    const { place } = family!;
    // The observer may ask at once.
    const listening = await options.listenAt(socketOf(place)).catch(() => null);
    if (listening === null) return false;
    joined = await joinObserver(observer, { ...options.self, place });
    if (joined === null || isStopped) {
      joined?.leave();
      await listening.stop();
      return false;
    }
    server = listening;
    const { depth, ended } = joined;
    void ended.then(async () => {
      await listening.stop();
      if (!isStopped) await findAnother(observer, depth);
    });
    return true;
  }

  async function findAnother(before: FamilyPlace, depth: number): Promise<void> {
    const lostAtMs = performance.now();
    for (;;) {
      await sleep(LOOK_EVERY_MS, undefined, { ref: false });
      if (isStopped) return;
      const lonelyForMs = performance.now() - lostAtMs;
      const isBack = isRunning(ownerOf(before)) && lonelyForMs < OBSERVER_BACK_WITHIN_MS;
      const observer = findObserver(family!.place) ?? findSibling(family!.place);
      if (observer !== null && (await join(observer))) return;
      if (!isBack && lonelyForMs >= LONELY_AFTER_MS * Math.max(1, depth)) break;
    }
    await beOnItsOwn(true).catch(options.onFailure);
  }

  const isChild = family?.observer != null && (await join(family.observer));
  const url = isChild ? null : await beOnItsOwn(family?.observer != null);
  return {
    url,
    async stop() {
      isStopped = true;
      joined?.leave();
      await server?.stop();
    },
  };
}

/**
 * Null for none. One that looked before this process had its mark takes itself for the eldest and is about to settle:
 * this one, which may be the eldest in truth, waits for it.
 */
async function siblingToJoin(place: FamilyPlace): Promise<FamilyPlace | null> {
  const untilMs = performance.now() + SIBLINGS_DECIDE_WITHIN_MS;
  const undecided = undecidedSiblings(place);
  for (;;) {
    const isOpen = undecided.some(isUndecided) && performance.now() < untilMs;
    const sibling = findSibling(place);
    if (sibling !== null || !isOpen) return sibling;
    await sleep(ASK_SIBLINGS_EVERY_MS, undefined, { ref: false });
  }
}
