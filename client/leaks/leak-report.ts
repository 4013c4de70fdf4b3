/** Leaks in words, readable as a test runner prints them. Apart from the error, which every web page loads. */
import { bytesText } from '../../api/base/text/bytes.ts';
import { type GrowthKind, isMemory } from './growth-kind.ts';
import type { Leak } from './leak-found-error.ts';

/** More stacks than this are only counted in the message. */
const SHOWN_LEAKS = 5;
/** The latest sizes of each that are shown. */
const SHOWN_RUNS = 6;
/** Frames of each that are shown. */
const SHOWN_FRAMES = 8;

/** @param notes sentences that say how far the figures can be trusted */
export function leakReport(leaks: readonly Leak[], notes: readonly string[] = []): string {
  const runs = leaks[0]?.sizeAfterRuns.length ?? 0;
  const hidden = leaks.length - SHOWN_LEAKS;
  return [
    `${plural(leaks.length, 'leak')} found, growing over ${plural(runs, 'run')}:`,
    ...leaks.slice(0, SHOWN_LEAKS).map(describe),
    ...(hidden > 0 ? [`and ${hidden} more`] : []),
    ...notes,
  ].join('\n\n');
}

/**
 * For example
 * ```
 * +12.4 MB in 3,204 objects of rememberSession
 *     after each run: +3.10 MB, +6.20 MB, +9.30 MB, +12.4 MB
 *     at rememberSession (/app/session-cache.ts:21)
 *     held by `sessions` Map in session-cache.ts, 3,204 entries, 98 %
 * ```
 */
function describe(leak: Leak): string {
  const latest = leak.sizeAfterRuns.slice(-SHOWN_RUNS).map((size) => `+${sizeText(leak, size)}`);
  const isCut = leak.sizeAfterRuns.length > SHOWN_RUNS;
  const sizes = `${isCut ? '…, ' : ''}${latest.join(', ')}`;
  const frames = leak.frames.slice(0, SHOWN_FRAMES).map(({ function: name, file, line }) => {
    const place = line ? `${file}:${line}` : file;
    return place === '' ? `at ${name}` : `at ${name} (${place})`;
  });
  const hidden = leak.frames.length - frames.length;
  return [
    headline(leak),
    `    after each run: ${sizes}`,
    ...frames.map((frame) => `    ${frame}`),
    ...(hidden > 0 ? [`    and ${plural(hidden, 'frame')} below`] : []),
    ...(leak.verdicts ?? []).map((verdict) => `    ${verdict}`),
    ...(leak.holders ?? []).map((holder) => `    held by ${holder}`),
  ].join('\n');
}

function headline(leak: Leak): string {
  const place = leak.place?.function ?? 'unknown functions';
  if (leak.kind === 'memory') {
    const objects = leak.count === 0 ? '' : ` in ${plural(leak.count, 'object')}`;
    return `+${sizeText(leak, leak.bytes)}${objects} of ${place}`;
  }
  if (leak.kind === 'buffers') return `+${sizeText(leak, leak.bytes)} in buffers of ${place}`;
  const routes = leak.routes.length > 0 ? `, for ${leak.routes.join(', ')}` : '';
  const state = leak.state === null ? '' : ` (${leak.state})`;
  return `+${sizeText(leak, leak.count)}${state} of ${place}${routes}`;
}

const NOUNS: Readonly<Partial<Record<GrowthKind, string>>> = {
  handles: 'handle',
  threads: 'worker thread',
  listeners: 'listener',
};

function sizeText(leak: Leak, size: number): string {
  return isMemory(leak) ? bytesText(size) : plural(size, NOUNS[leak.kind] ?? 'task');
}

function plural(count: number, noun: string): string {
  const whole = Math.round(count);
  return `${whole.toLocaleString('en-US')} ${noun}${whole === 1 ? '' : 's'}`;
}
