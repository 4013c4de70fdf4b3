/** The memory statistics at the end of Go's heap profile in text form (`/debug/pprof/heap?debug=1`). */
import { DiagnosticsError } from '../../base/errors.ts';
import { type GoMemStats, memStatsOf } from './go-mem-stats.ts';

const SECTION = /^# runtime\.MemStats\r?$/m;
const ENTRY = /^# (\w+) = (.+?)\r?$/gm;

/**
 * Reads the statistics.
 * @throws DiagnosticsError `INVALID_INPUT` when the text has none, or not all of them.
 */
export function readGoMemStats(text: string): GoMemStats {
  const entries = readEntries(text);
  // `[7 9 8 0 …]`
  const pausesNs = (entries.get('PauseNs')?.match(/\d+/g) ?? []).map(Number);
  return memStatsOf((name) => figureOf(entries.get(name)), pausesNs, 'this heap profile');
}

function figureOf(text: string | undefined): number | null {
  const value = Number(text);
  return text === undefined || !Number.isFinite(value) ? null : value;
}

function readEntries(text: string): Map<string, string> {
  const section = SECTION.exec(text);
  if (section === null) {
    throw new DiagnosticsError(
      'INVALID_INPUT',
      'this text has no "# runtime.MemStats"; fetch /debug/pprof/heap?debug=1 of a Go program',
    );
  }
  const entries = new Map<string, string>();
  for (const [, name, value] of text.slice(section.index).matchAll(ENTRY)) {
    entries.set(name!, value!);
  }
  return entries;
}
