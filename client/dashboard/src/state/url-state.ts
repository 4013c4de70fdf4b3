/** What the page shows is written in its address: a reload, a shared link and Back all keep it. */
import { useCallback, useSyncExternalStore } from 'react';

const CHANGED = 'pprofql:url';

function subscribe(listener: () => void): () => void {
  window.addEventListener('popstate', listener);
  window.addEventListener(CHANGED, listener);
  return () => {
    window.removeEventListener('popstate', listener);
    window.removeEventListener(CHANGED, listener);
  };
}

/**
 * The address of a section, the state of all others kept. Keys of a section begin with its name.
 * `view` alone keeps the section as it was left; with more parameters it shows just those.
 * Example: `?view=memory&tasks.find=a` with `{ view: 'tasks', 'tasks.only': 'stuck' }` →
 * `?view=tasks&tasks.only=stuck`.
 */
export function addressOf(search: string, params: Record<string, string>): string {
  const next = new URLSearchParams(search);
  if (Object.keys(params).length > 1) {
    for (const key of [...next.keys()]) {
      if (key.startsWith(`${params.view}.`)) next.delete(key);
    }
  }
  for (const [key, value] of Object.entries(params)) next.set(key, value);
  return `?${next}`;
}

/** Goes there as a link would: Back returns. */
export function navigate(href: string): void {
  history.pushState(null, '', href);
  window.dispatchEvent(new Event(CHANGED));
}

/** The query part of the page's address as it is now. */
export function useSearch(): string {
  return useSyncExternalStore(subscribe, () => location.search);
}

function replaceParam(key: string, value: string): void {
  const params = new URLSearchParams(location.search);
  if (value === '') params.delete(key);
  else params.set(key, value);
  history.replaceState(null, '', `?${params}`);
  window.dispatchEvent(new Event(CHANGED));
}

/**
 * One parameter of the address. The fallback is never written, so addresses stay short.
 * @returns the value and a setter, as `useState` does
 */
export function useUrlParam(key: string, fallback: string): [string, (value: string) => void] {
  const value = useSyncExternalStore(
    subscribe,
    () => new URLSearchParams(location.search).get(key) ?? fallback,
  );
  const set = useCallback(
    (next: string) => replaceParam(key, next === fallback ? '' : next),
    [key, fallback],
  );
  return [value, set];
}

/** As `useUrlParam`, for one of a few words; anything else in the address counts as the fallback. */
export function useUrlChoice<T extends string>(
  key: string,
  choices: readonly T[],
  fallback: T,
): [T, (value: T) => void] {
  const [value, set] = useUrlParam(key, fallback);
  const choice = choices.find((known) => known === value) ?? fallback;
  return [choice, set];
}
