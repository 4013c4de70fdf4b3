/** What is allowed of each option, and how it is read from the environment. */

import type { CategoryRule } from '../category-rule.ts';
import { MS_PER_DAY } from '../numbers/units.ts';
import { ADDRESS_FORMS, readAddress } from './engine-address.ts';
import { switchOf } from './environment/main-switch.ts';
import type { ResolvedOptions } from './options.ts';
import { ALLOWED_TARGETS, areTargets, parseJsonWithPatterns, parseTargets } from './targets.ts';

/** How one option is read from the environment and checked. */
export interface Rule {
  /** Absent only for what stands in code: a function, and where a handler is mounted. */
  env?: string;
  allowed: string;
  parse: (text: string) => unknown;
  accepts: (value: unknown) => boolean;
}

const isNumberWithin = (low: number, high: number) => (value: unknown) =>
  typeof value === 'number' && value >= low && value <= high;

const isIntegerWithin = (low: number, high: number) => (value: unknown) =>
  Number.isInteger(value) && isNumberWithin(low, high)(value);

/** Digits as people write them: `Number` would take `0x10`, `1e3` and nothing at all as well. */
const parseNumber = (text: string) =>
  /^-?\d+(\.\d+)?$/.test(text.trim()) ? Number(text) : Number.NaN;

const parseList = (text: string) => text.split(',').map((item) => item.trim());

/** Every option of a program as a whole can be set without touching its code. */
type RuleWithVariable = Rule & { env: string };

const integer = (low: number, high: number, env: string): RuleWithVariable => ({
  env,
  allowed: `a whole number from ${low} to ${high}`,
  parse: parseNumber,
  accepts: isIntegerWithin(low, high),
});

const percent = (env: string): RuleWithVariable => ({
  env,
  allowed: 'a number from 0.1 to 100',
  parse: parseNumber,
  accepts: isNumberWithin(0.1, 100),
});

const onOff = (env: string): RuleWithVariable => ({
  env,
  allowed: 'on or off (true or false in code)',
  parse: (text) => switchOf(text) ?? text,
  accepts: (value) => typeof value === 'boolean',
});

/** A place left empty in a list counts as an item: `every` on its own would skip it. */
const isListOf = (test: (item: unknown) => boolean) => (value: unknown) =>
  Array.isArray(value) && Array.from(value).every(test);

export const RULES: Record<keyof ResolvedOptions, RuleWithVariable> = {
  port: integer(0, 65_535, 'PPROFQL_PORT'),
  host: {
    env: 'PPROFQL_HOST',
    allowed: 'a host name or address',
    parse: (text) => text,
    accepts: (value) => typeof value === 'string' && /^[\w.:-]{1,255}$/.test(value),
  },
  token: {
    env: 'PPROFQL_TOKEN',
    allowed: 'printable ASCII without spaces, 1 to 1024 characters',
    parse: (text) => text,
    accepts: (value) => typeof value === 'string' && /^[\x21-\x7e]{1,1024}$/.test(value),
  },
  intervalMs: integer(10, 3_600_000, 'PPROFQL_INTERVAL_MS'),
  historySize: integer(1, 10_000, 'PPROFQL_HISTORY'),
  allowedHosts: {
    env: 'PPROFQL_ALLOWED_HOSTS',
    allowed: 'a list of host names, each with or without a port',
    parse: parseList,
    accepts: isListOf((item) => typeof item === 'string' && /^[\w.:[\]-]+$/.test(item)),
  },
  allowedOrigins: {
    env: 'PPROFQL_ALLOWED_ORIGINS',
    allowed: 'a list of origins such as https://dash.example:8443, without a path and without *',
    parse: parseList,
    accepts: isListOf(isOrigin),
  },
  asyncTracking: onOff('PPROFQL_ASYNC'),
  heapSampling: onOff('PPROFQL_HEAP'),
  bufferSampling: onOff('PPROFQL_BUFFERS'),
  heapSnapshots: onOff('PPROFQL_HEAP_SNAPSHOTS'),
  heapSnapshotMemoryBytes: integer(
    64 * 1024 ** 2,
    64 * 1024 ** 3,
    'PPROFQL_HEAP_SNAPSHOT_MEMORY_BYTES',
  ),
  heapSamplingIntervalBytes: integer(8192, 1024 ** 3, 'PPROFQL_HEAP_SAMPLING_INTERVAL_BYTES'),
  overheadBudgetPercent: percent('PPROFQL_OVERHEAD_BUDGET_PERCENT'),
  pauseBudgetPercent: percent('PPROFQL_PAUSE_BUDGET_PERCENT'),
  maxTaskRecords: integer(100, 1_000_000, 'PPROFQL_MAX_TASK_RECORDS'),
  maxCaptures: integer(1, 100, 'PPROFQL_MAX_CAPTURES'),
  stallThresholdMs: integer(0, 3_600_000, 'PPROFQL_STALL_MS'),
  maxCpuProfileSeconds: integer(1, 3_600, 'PPROFQL_MAX_CPU_PROFILE_SECONDS'),
  sourceMaps: onOff('PPROFQL_SOURCE_MAPS'),
  sourceMapMemoryBytes: integer(1024 ** 2, 1024 ** 3, 'PPROFQL_SOURCE_MAP_MEMORY_BYTES'),
  categoryRules: {
    env: 'PPROFQL_CATEGORY_RULES',
    allowed:
      'a list of { category, function?, file?, state? } with regular expressions (texts in JSON)',
    parse: parseJsonWithPatterns,
    accepts: isListOf(isCategoryRule),
  },
  targets: {
    env: 'PPROFQL_TARGETS',
    allowed: ALLOWED_TARGETS,
    parse: parseTargets,
    accepts: (value) => areTargets(value, isListOf(isCategoryRule)),
  },
  blackBox: {
    env: 'PPROFQL_BLACK_BOX',
    allowed: 'a folder, on or off (true or false in code)',
    parse: (text) => switchOf(text) ?? text,
    accepts: isFolderOrSwitch,
  },
  joinsParent: onOff('PPROFQL_JOIN'),
  service: {
    env: 'PPROFQL_SERVICE',
    allowed: 'a name of 1 to 255 printable ASCII characters',
    parse: (text) => text,
    accepts: (value) => typeof value === 'string' && /^[\x20-\x7e]{1,255}$/.test(value),
  },
  fleet: {
    env: 'PPROFQL_FLEET',
    allowed: ADDRESS_FORMS,
    parse: (text) => text,
    accepts: (value) => typeof value === 'string' && readAddress(value) !== null,
  },
  fleetHistoryMs: integer(60_000, 7 * MS_PER_DAY, 'PPROFQL_FLEET_HISTORY_MS'),
  fleetRetentionMs: integer(600_000, 30 * MS_PER_DAY, 'PPROFQL_FLEET_RETENTION_MS'),
};

function isFolderOrSwitch(value: unknown): boolean {
  if (typeof value === 'boolean') return true;
  return typeof value === 'string' && value.trim() !== '' && !value.includes('\0');
}

/** One origin as browsers send it: no path, and no wildcard, since a page of anybody's could ask. */
function isOrigin(value: unknown): boolean {
  if (typeof value !== 'string' || !/^[a-z][a-z\d+.-]*:\/\/[\w.:[\]-]+$/i.test(value)) return false;
  return URL.canParse(value) && new URL(value).host !== '';
}

function isCategoryRule(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const rule = value as Partial<CategoryRule>;
  const patterns = [rule.function, rule.file, rule.state].filter(
    (pattern) => pattern !== undefined,
  );
  return (
    ['BACKGROUND', 'PER_REQUEST', 'UNKNOWN'].includes(rule.category as string) &&
    patterns.length > 0 &&
    patterns.every((pattern) => pattern instanceof RegExp) &&
    (rule.because === undefined || typeof rule.because === 'string')
  );
}

export const CODE_RULES: Record<string, Rule> = {
  ...RULES,
  routeOf: {
    allowed: 'a function',
    parse: (text) => text,
    accepts: (value) => typeof value === 'function',
  },
};

export const HANDLER_RULES: Record<string, Rule> = {
  ...CODE_RULES,
  basePath: {
    allowed: 'a path that begins with a slash, or an empty text',
    parse: (text) => text,
    accepts: (value) => typeof value === 'string' && /^(\/[^?#\s]*)?$/.test(value),
  },
};
