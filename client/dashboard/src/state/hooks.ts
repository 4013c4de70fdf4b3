import { useEffect, useState } from 'react';
import { isPressed } from './press.ts';
import { useStore } from './store.ts';

/**
 * A value that changes by itself, or while `isFrozen` the one it had when that began. It never changes in
 * the middle of a click, which would miss what moved meanwhile.
 */
export function useFrozen<T>(value: T, isFrozen = false): T {
  const isStill = useStore(isPressed) || isFrozen;
  const [kept, keep] = useState(value);
  if (!isStill && !Object.is(kept, value)) keep(value);
  return isStill ? kept : value;
}

/** The current time, renewed at this period, in milliseconds. */
export function useNow(periodMs: number): number {
  const [nowMs, setNowMs] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNowMs(Date.now()), periodMs);
    return () => clearInterval(timer);
  }, [periodMs]);
  return nowMs;
}

/** Whether a media query holds now. */
export function useMedia(query: string): boolean {
  const [matches, setMatches] = useState(() => matchMedia(query).matches);
  useEffect(() => {
    const media = matchMedia(query);
    const update = () => setMatches(media.matches);
    update();
    media.addEventListener('change', update);
    return () => media.removeEventListener('change', update);
  }, [query]);
  return matches;
}

export const NARROW = '(max-width: 640px)';
export const DARK = '(prefers-color-scheme: dark)';
