/** Numbers for people: short, with a unit, the same width for the same magnitude. Pure. */
import { bytesText } from '../../../../api/base/text/bytes.ts';

/** A number and its unit stay on one line. */
const NO_BREAK_SPACE = '\u00a0';
const MINUS = '−';

const grouped = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });

/** A dash for what is not known. */
export function known(value: number | null, format: (value: number) => string): string {
  return value === null ? '–' : format(value);
}

/** 1234567 → `1.23 MB` (decimal units, three significant digits). */
export function formatBytes(bytes: number): string {
  const text = bytesText(Math.abs(bytes)).replace(' ', NO_BREAK_SPACE);
  return `${bytes < 0 ? MINUS : ''}${text}`;
}

/** 1234567 → `1,234,567`. */
export function formatCount(count: number): string {
  return `${count < 0 ? MINUS : ''}${grouped.format(Math.abs(count))}`;
}

/** `≈1,234` where the count stands for more than was seen. */
export function formatEstimate(count: number, isEstimated: boolean): string {
  return `${isEstimated ? '≈' : ''}${formatCount(count)}`;
}

/** From this share of a value on, its margin makes it a rough one. */
const ROUGH_SHARE = 0.1;

/** Whether a figure must not look as if it were known; false where its margin is not known either. */
export function isRough(value: number, margin: number | null): boolean {
  return margin !== null && margin > 0 && margin >= ROUGH_SHARE * Math.abs(value);
}

/** `≈ 524 kB` where the margin is a tenth of it or more, else `524 kB`. */
export function formatRoughBytes(bytes: number, marginBytes: number | null): string {
  return `${isRough(bytes, marginBytes) ? `≈${NO_BREAK_SPACE}` : ''}${formatBytes(bytes)}`;
}

/** 0.1234 → `12 %`; small shares keep a digit: 0.0123 → `1.2 %`. */
export function formatShare(share: number): string {
  return formatPercent(share * 100);
}

export function formatPercent(percent: number): string {
  const digits = percent > 0 && percent < 9.95 ? 1 : 0;
  return `${trimZero(percent.toFixed(digits))}${NO_BREAK_SPACE}%`;
}

/**
 * 0.4 → `0.4 ms`, 1500 → `1.5 s`, 192000 → `3 min 12 s`, 7500000 → `2 h 5 min`.
 * Rounded to what a table can compare; the `durationText` of sentences rounds down, to what has passed for certain.
 */
export function formatDuration(ms: number): string {
  if (ms < 9.95) return `${trimZero(ms.toFixed(1))}${NO_BREAK_SPACE}ms`;
  if (ms < 999.5) return `${ms.toFixed(0)}${NO_BREAK_SPACE}ms`;
  if (ms < 9_950) return `${trimZero((ms / 1000).toFixed(1))}${NO_BREAK_SPACE}s`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${seconds}${NO_BREAK_SPACE}s`;
  if (seconds < 3600) return pair(seconds, 60, 'min', 's');
  if (seconds < 86_400) return pair(Math.round(seconds / 60), 60, 'h', 'min');
  return pair(Math.round(seconds / 3600), 24, 'd', 'h');
}

function pair(total: number, size: number, large: string, small: string): string {
  const rest = total % size;
  const head = `${Math.floor(total / size)}${NO_BREAK_SPACE}${large}`;
  return rest === 0 ? head : `${head} ${rest}${NO_BREAK_SPACE}${small}`;
}

function trimZero(text: string): string {
  return text.endsWith('.0') ? text.slice(0, -2) : text;
}

/** How long something has lasted, in whole seconds: 12345 → `12 s`; never negative. */
export function formatAge(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  return seconds === 0 ? `0${NO_BREAK_SPACE}s` : formatDuration(seconds * 1000);
}

/** A change: always with its sign, `+1.2 MB`, `±0`. */
export function formatChange(change: number, format: (value: number) => string): string {
  if (change === 0) return '±0';
  return change > 0 ? `+${format(change)}` : format(change);
}

const clock = new Intl.DateTimeFormat('en-GB', {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
});

/** Local time of day, `14:03:09`. */
export function formatClock(timeMs: number): string {
  return clock.format(timeMs);
}

const clockMinutes = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });

/** Local time of day without seconds, `14:03`. */
export function formatMinute(timeMs: number): string {
  return clockMinutes.format(timeMs);
}

/** `1 task`, `2 tasks`. */
export function plural(count: number, noun: string): string {
  return `${formatCount(count)} ${noun}${count === 1 ? '' : 's'}`;
}
