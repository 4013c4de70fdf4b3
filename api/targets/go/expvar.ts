/** The memory statistics out of what Go's `expvar` publishes (`/debug/vars`). */
import { type GoMemStats, memStatsOf } from '../../profile/decode/go-mem-stats.ts';

/**
 * @throws DiagnosticsError `INVALID_INPUT` where they are incomplete
 * @throws SyntaxError where the text is no JSON
 * @returns null where they are not published
 */
export function readExpvarMemStats(text: string): GoMemStats | null {
  const memStats: unknown = JSON.parse(text)?.memstats;
  if (typeof memStats !== 'object' || memStats === null) return null;
  const entries = memStats as Record<string, unknown>;
  const figureOf = (name: string) => {
    const value = entries[name];
    return typeof value === 'number' ? value : null;
  };
  const pausesNs = Array.isArray(entries.PauseNs) ? entries.PauseNs.map(Number) : [];
  return memStatsOf(figureOf, pausesNs, '/debug/vars');
}
