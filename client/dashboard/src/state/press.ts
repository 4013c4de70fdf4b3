import { createStore, type Store } from './store.ts';

/** A release may be lost, as where the pointer leaves the window. */
const LONGEST_MS = 2_000;

/** Whether the button of a pointer is down on the page: what moves then takes the click with it. */
export const isPressed: Store<boolean> = createStore(false);

/** Keeps `isPressed` true to what pointers do, for as long as the page lives. */
export function followPresses(): void {
  let ending: ReturnType<typeof setTimeout> | undefined;
  const endIn = (ms: number) => {
    clearTimeout(ending);
    ending = setTimeout(() => isPressed.set(false), ms);
  };
  const press = () => {
    isPressed.set(true);
    endIn(LONGEST_MS);
  };
  // The click comes right after it, in the same turn.
  const release = () => endIn(0);
  window.addEventListener('pointerdown', press, true);
  window.addEventListener('pointerup', release, true);
  window.addEventListener('pointercancel', release, true);
}
