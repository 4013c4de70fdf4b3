/**
 * Options: what can be set, what the default is, and what is allowed. The only file that reads
 * `process.env`. Precedence: an option given in code, then the environment, then the default.
 */
import type { CategoryRule } from './analyzers/async-groups.ts';
import { DiagnosticsError } from './errors.ts';
import type { TargetOptions } from './targets/target.ts';
import { ALLOWED_TARGETS, areTargets, parseTargets } from './targets/target-options.ts';

export interface DiagnosticsOptions {
  /** TCP port; 0 picks a free one. `PPROFQL_PORT`. @default 6060 */
  port?: number;
  /** Address to listen on; other than loopback needs a token. `PPROFQL_HOST`. @default '127.0.0.1' */
  host?: string;
  /** Bearer token that every request must carry. `PPROFQL_TOKEN`. @default none */
  token?: string;
  /** Milliseconds between two points of the metrics history. `PPROFQL_INTERVAL_MS`. @default 10_000 */
  intervalMs?: number;
  /** Points of the metrics history that are kept. `PPROFQL_HISTORY`. @default 30 */
  historySize?: number;
  /** Hosts besides loopback names whose `Host` header is answered, for example `['diag.internal:6060']`. @default [] */
  allowedHosts?: readonly string[];
  /** Track async tasks. `PPROFQL_ASYNC` (`on`/`off`). @default true */
  asyncTracking?: boolean;
  /** Sample the heap. `PPROFQL_HEAP` (`on`/`off`). @default true */
  heapSampling?: boolean;
  /**
   * Answer requests for a heap snapshot, which stops the program for seconds and holds all of its
   * strings, secrets too. `PPROFQL_HEAP_SNAPSHOTS` (`on`/`off`). @default false
   */
  heapSnapshots?: boolean;
  /** Mean bytes between two heap samples. @default 524_288 */
  heapSamplingIntervalBytes?: number;
  /** Share of one core that async tracking may cost, in percent. @default 2 */
  overheadBudgetPercent?: number;
  /** Share of wall time that forced collections for heap reads may take, in percent. @default 2 */
  pauseBudgetPercent?: number;
  /** Live async tasks that are recorded at most; more are sampled. @default 10_000 */
  maxTaskRecords?: number;
  /** Captures that are kept at most; the oldest gives way to a new one. @default 10 */
  maxCaptures?: number;
  /**
   * Milliseconds without a turn of the event loop that count as a stall; 0 does not watch for stalls.
   * `PPROFQL_STALL_MS`. @default 1_000
   */
  stallThresholdMs?: number;
  /** Seconds that a CPU profile may last at most. @default 60 */
  maxCpuProfileSeconds?: number;
  /** Show compiled code where its source maps say it was written. `PPROFQL_SOURCE_MAPS` (`on`/`off`). @default true */
  sourceMaps?: boolean;
  /** Memory that source maps may take; those used least recently give way. @default 134_217_728 */
  sourceMapMemoryBytes?: number;
  /** Rules that categorise tasks without a request, first match wins. @default [] */
  categoryRules?: readonly CategoryRule[];
  /**
   * Other processes to watch from here: Go programs that serve `net/http/pprof`, and other pprofqls.
   * `PPROFQL_TARGETS`, such as `checkout=http://127.0.0.1:6061,search=http://127.0.0.1:6062`. @default []
   */
  targets?: readonly TargetOptions[];
}

/** Everything decided. Plain data but for the regular expressions, so it crosses to the sidecar. */
export type ResolvedOptions = Required<Omit<DiagnosticsOptions, 'token'>> & {
  token: string | null;
};

export const DEFAULTS: ResolvedOptions = {
  port: 6060,
  host: '127.0.0.1',
  token: null,
  intervalMs: 10_000,
  historySize: 30,
  allowedHosts: [],
  asyncTracking: true,
  heapSampling: true,
  heapSnapshots: false,
  heapSamplingIntervalBytes: 512 * 1024,
  overheadBudgetPercent: 2,
  pauseBudgetPercent: 2,
  maxTaskRecords: 10_000,
  maxCaptures: 10,
  stallThresholdMs: 1_000,
  maxCpuProfileSeconds: 60,
  sourceMaps: true,
  sourceMapMemoryBytes: 128 * 1024 ** 2,
  categoryRules: [],
  targets: [],
};

type Environment = Readonly<Record<string, string | undefined>>;

/** A value that was not accepted: where it came from, what it was, what is allowed. */
interface Complaint {
  name: string;
  value: unknown;
  allowed: string;
}

/** How one option is read from the environment and checked. */
interface Rule {
  env?: string;
  allowed: string;
  parse: (text: string) => unknown;
  accepts: (value: unknown) => boolean;
}

const isNumberWithin = (low: number, high: number) => (value: unknown) =>
  typeof value === 'number' && value >= low && value <= high;

const isIntegerWithin = (low: number, high: number) => (value: unknown) =>
  Number.isInteger(value) && isNumberWithin(low, high)(value);

/** `Number('')` is 0; an empty variable is no number. */
const parseNumber = (text: string) => (text.trim() === '' ? Number.NaN : Number(text));

const integer = (low: number, high: number, env?: string): Rule => ({
  env,
  allowed: `a whole number from ${low} to ${high}`,
  parse: parseNumber,
  accepts: isIntegerWithin(low, high),
});

const percent = (): Rule => ({
  allowed: 'a number from 0.1 to 100',
  parse: parseNumber,
  accepts: isNumberWithin(0.1, 100),
});

const SWITCH: Readonly<Record<string, boolean>> = {
  on: true,
  off: false,
  true: true,
  false: false,
};

/** `PPROFQL` itself: whoever wants nothing started should not have to guess the word. */
const MAIN_SWITCH: Readonly<Record<string, boolean>> = {
  ...SWITCH,
  '1': true,
  '0': false,
  yes: true,
  no: false,
};

const onOff = (env: string): Rule => ({
  env,
  allowed: 'on or off (true or false in code)',
  parse: (text) => SWITCH[text.toLowerCase()] ?? text,
  accepts: (value) => typeof value === 'boolean',
});

const isListOf = (test: (item: unknown) => boolean) => (value: unknown) =>
  Array.isArray(value) && value.every(test);

const RULES: Record<keyof DiagnosticsOptions, Rule> = {
  port: integer(0, 65_535, 'PPROFQL_PORT'),
  host: {
    env: 'PPROFQL_HOST',
    allowed: 'a host name or address',
    parse: (text) => text,
    accepts: (value) => typeof value === 'string' && /^[\w.:-]+$/.test(value),
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
    allowed: 'a list of host names, each with or without a port',
    parse: (text) => text.split(','),
    accepts: isListOf((item) => typeof item === 'string' && /^[\w.:[\]-]+$/.test(item)),
  },
  asyncTracking: onOff('PPROFQL_ASYNC'),
  heapSampling: onOff('PPROFQL_HEAP'),
  heapSnapshots: onOff('PPROFQL_HEAP_SNAPSHOTS'),
  heapSamplingIntervalBytes: integer(8192, 1024 ** 3),
  overheadBudgetPercent: percent(),
  pauseBudgetPercent: percent(),
  maxTaskRecords: integer(100, 1_000_000),
  maxCaptures: integer(1, 100),
  stallThresholdMs: integer(0, 3_600_000, 'PPROFQL_STALL_MS'),
  maxCpuProfileSeconds: integer(1, 3_600),
  sourceMaps: onOff('PPROFQL_SOURCE_MAPS'),
  sourceMapMemoryBytes: integer(1024 ** 2, 1024 ** 3),
  categoryRules: {
    allowed: 'a list of { category, function?, file?, state? } with regular expressions',
    parse: (text) => text,
    accepts: isListOf(isCategoryRule),
  },
  targets: {
    env: 'PPROFQL_TARGETS',
    allowed: ALLOWED_TARGETS,
    parse: parseTargets,
    accepts: (value) => areTargets(value, isListOf(isCategoryRule)),
  },
};

function isCategoryRule(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const rule = value as Partial<CategoryRule>;
  const patterns = [rule.function, rule.file, rule.state].filter(
    (pattern) => pattern !== undefined,
  );
  return (
    ['BACKGROUND', 'PER_REQUEST', 'UNKNOWN'].includes(rule.category as string) &&
    patterns.length > 0 &&
    patterns.every((pattern) => pattern instanceof RegExp)
  );
}

/**
 * Decides every option.
 * @throws DiagnosticsError `INVALID_OPTION`, naming all values that are not allowed at once.
 */
export function resolveOptions(
  options: DiagnosticsOptions = {},
  env: Environment = process.env,
): ResolvedOptions {
  const resolved: Record<string, unknown> = { ...DEFAULTS };
  const complaints: Complaint[] = [];
  for (const name of Object.keys(options)) {
    if (name in RULES) continue;
    const value = options[name as keyof DiagnosticsOptions];
    complaints.push({
      name,
      value,
      allowed: `no such option (there are ${Object.keys(RULES).join(', ')})`,
    });
  }
  const mainSwitch = env.PPROFQL;
  if (mainSwitch && MAIN_SWITCH[mainSwitch.toLowerCase()] === undefined) {
    complaints.push({ name: 'PPROFQL', value: mainSwitch, allowed: 'on or off' });
  }
  for (const [name, rule] of Object.entries(RULES)) {
    const given = options[name as keyof DiagnosticsOptions];
    const text = rule.env === undefined ? undefined : env[rule.env];
    if (given !== undefined) {
      if (rule.accepts(given)) resolved[name] = given;
      else complaints.push({ name, value: given, allowed: rule.allowed });
    } else if (rule.env !== undefined && text !== undefined && text !== '') {
      const value = rule.parse(text);
      if (rule.accepts(value)) resolved[name] = value;
      else complaints.push({ name: rule.env, value: text, allowed: rule.allowed });
    }
  }
  if (complaints.length > 0) {
    throw new DiagnosticsError('INVALID_OPTION', complaints.map(describe).join('; '));
  }
  return resolved as unknown as ResolvedOptions;
}

/** A token is a secret, and targets may hold some: a wrong value is named but not repeated. */
function describe({ name, value, allowed }: Complaint): string {
  const isSecret = /token|targets/i.test(name);
  const shown = isSecret ? '(hidden)' : (JSON.stringify(value) ?? String(value));
  return `${name} is ${shown.slice(0, 100)}, allowed is ${allowed}`;
}

/** True where the environment says that the preload and the command are to start nothing. */
export function isSwitchedOff(env: Environment = process.env): boolean {
  return MAIN_SWITCH[env.PPROFQL?.toLowerCase() ?? ''] === false;
}

export function isLoopbackHost(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
}

/**
 * Refuses to listen where strangers could read the process without a token.
 * @throws DiagnosticsError `TOKEN_REQUIRED`
 */
export function requireTokenWhereExposed(
  options: ResolvedOptions,
  env: Environment = process.env,
): void {
  if (options.token !== null) return;
  if (!isLoopbackHost(options.host)) {
    throw new DiagnosticsError(
      'TOKEN_REQUIRED',
      `refusing to listen on ${options.host} without a token; set PPROFQL_TOKEN, or PPROFQL_HOST to 127.0.0.1`,
    );
  }
  if (env.NODE_ENV === 'production') {
    throw new DiagnosticsError(
      'TOKEN_REQUIRED',
      'refusing to start with NODE_ENV=production without a token; set PPROFQL_TOKEN, or PPROFQL=off',
    );
  }
}

/** Variables that would make Node load, write or tell something in a thread of ours. */
const NOT_FOR_WORKERS = new Set(['NODE_OPTIONS', 'NODE_V8_COVERAGE', 'PPROFQL_TOKEN']);

/** The environment of pprofql's own threads. */
export function workerEnvironment(env: Environment = process.env): Record<string, string> {
  const kept = Object.entries(env).filter(([name]) => !NOT_FOR_WORKERS.has(name));
  return Object.fromEntries(kept) as Record<string, string>;
}
