import { formatDuration } from '../shared/format.ts';

/** How long tasks have waited. @param isGo Go tells whole minutes, and 0 for less than one */
export function formatWait(ms: number | null, isGo: boolean): string {
  if (ms === null) return '–';
  return isGo && ms === 0 ? '< 1\u00a0min' : formatDuration(ms);
}
