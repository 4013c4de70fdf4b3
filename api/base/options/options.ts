/**
 * Options: what can be set, what the default is, and what is allowed. The only file that reads
 * `process.env`. Precedence: an option given in code, then the environment, then the default.
 */
import type { CategoryRule } from '../category-rule.ts';
import { DiagnosticsError } from '../errors.ts';
import { nearestName } from './nearest-name.ts';
import type { RouteOf } from './route-of.ts';
import type { TargetOptions } from './targets.ts';
import { ALLOWED_TARGETS, areTargets, parseJsonWithPatterns, parseTargets } from './targets.ts';

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
  /**
   * Hosts besides loopback names whose `Host` header is answered, for example `['diag.internal:6060']`.
   * `PPROFQL_ALLOWED_HOSTS`, with commas between them. @default []
   */
  allowedHosts?: readonly string[];
  /**
   * Origins of web pages elsewhere that may ask, for example `['https://dash.example']`: their
   * browsers are told so (CORS), without cookies. `PPROFQL_ALLOWED_ORIGINS`, with commas between
   * them. @default []
   */
  allowedOrigins?: readonly string[];
  /** Track async tasks. `PPROFQL_ASYNC` (`on`/`off`). @default true */
  asyncTracking?: boolean;
  /** Sample the heap. `PPROFQL_HEAP` (`on`/`off`). @default true */
  heapSampling?: boolean;
  /**
   * Answer requests for a heap snapshot, which stops the program for seconds and holds all of its
   * strings, secrets too. `PPROFQL_HEAP_SNAPSHOTS` (`on`/`off`). @default false
   */
  heapSnapshots?: boolean;
  /** Mean bytes between two heap samples. `PPROFQL_HEAP_SAMPLING_INTERVAL_BYTES`. @default 524_288 */
  heapSamplingIntervalBytes?: number;
  /**
   * Share of one core that async tracking may cost, in percent. `PPROFQL_OVERHEAD_BUDGET_PERCENT`.
   * @default 2
   */
  overheadBudgetPercent?: number;
  /**
   * Share of wall time that forced collections for heap reads may take, in percent.
   * `PPROFQL_PAUSE_BUDGET_PERCENT`. @default 2
   */
  pauseBudgetPercent?: number;
  /** Live async tasks that are recorded at most; more are sampled. `PPROFQL_MAX_TASK_RECORDS`. @default 10_000 */
  maxTaskRecords?: number;
  /** Captures that are kept at most; the oldest gives way to a new one. `PPROFQL_MAX_CAPTURES`. @default 10 */
  maxCaptures?: number;
  /**
   * Milliseconds without a turn of the event loop that count as a stall; 0 does not watch for stalls.
   * `PPROFQL_STALL_MS`. @default 1_000
   */
  stallThresholdMs?: number;
  /** Seconds that a CPU profile may last at most. `PPROFQL_MAX_CPU_PROFILE_SECONDS`. @default 60 */
  maxCpuProfileSeconds?: number;
  /** Show compiled code where its source maps say it was written. `PPROFQL_SOURCE_MAPS` (`on`/`off`). @default true */
  sourceMaps?: boolean;
  /**
   * Memory that source maps may take; those used least recently give way.
   * `PPROFQL_SOURCE_MAP_MEMORY_BYTES`. @default 134_217_728
   */
  sourceMapMemoryBytes?: number;
  /**
   * Rules that categorize tasks without a request, first match wins. `PPROFQL_CATEGORY_RULES`, a JSON
   * list in which the patterns are texts. @default []
   */
  categoryRules?: readonly CategoryRule[];
  /**
   * Other processes to watch from here: Go programs that serve `net/http/pprof`, and other pprofqls.
   * `PPROFQL_TARGETS`, such as `checkout=http://127.0.0.1:6061,search=http://127.0.0.1:6062`. @default []
   */
  targets?: readonly TargetOptions[];
  /**
   * Tells the route of an HTTP/1 request, for frameworks that keep their pattern where it cannot be
   * found, such as Koa and Hono. Called in the program's thread, when somebody looks at requests that
   * are under way, and at their end. What it throws is caught, what is no text is left out, and one
   * that takes long is not called any more. Only in code. @default the framework's pattern, else the path
   */
  routeOf?: RouteOf;
}

/** Everything decided. Plain data but for the regular expressions, so it crosses to the sidecar. */
export type ResolvedOptions = Required<Omit<DiagnosticsOptions, 'token' | 'routeOf'>> & {
  token: string | null;
};

/** With what only the observed thread can use, since functions do not cross to another. */
export type ObserverOptions = ResolvedOptions & { routeOf?: RouteOf };

/** @internal */
export const DEFAULTS: ResolvedOptions = {
  port: 6060,
  host: '127.0.0.1',
  token: null,
  intervalMs: 10_000,
  historySize: 30,
  allowedHosts: [],
  allowedOrigins: [],
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

const SWITCH: ReadonlyMap<string, boolean> = new Map([
  ['on', true],
  ['off', false],
  ['true', true],
  ['false', false],
]);

/** `PPROFQL` itself: whoever wants nothing started should not have to guess the word. */
const MAIN_SWITCH: ReadonlyMap<string, boolean> = new Map([
  ...SWITCH,
  ['1', true],
  ['0', false],
  ['yes', true],
  ['no', false],
]);

const onOff = (env: string): RuleWithVariable => ({
  env,
  allowed: 'on or off (true or false in code)',
  parse: (text) => SWITCH.get(text.toLowerCase()) ?? text,
  accepts: (value) => typeof value === 'boolean',
});

/** A place left empty in a list counts as an item: `every` on its own would skip it. */
const isListOf = (test: (item: unknown) => boolean) => (value: unknown) =>
  Array.isArray(value) && Array.from(value).every(test);

const RULES: Record<keyof ResolvedOptions, RuleWithVariable> = {
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
  heapSnapshots: onOff('PPROFQL_HEAP_SNAPSHOTS'),
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
};

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

const CODE_RULES: Record<string, Rule> = {
  ...RULES,
  routeOf: {
    allowed: 'a function',
    parse: (text) => text,
    accepts: (value) => typeof value === 'function',
  },
};

const HANDLER_RULES: Record<string, Rule> = {
  ...CODE_RULES,
  basePath: {
    allowed: 'a path that begins with a slash, or an empty text',
    parse: (text) => text,
    accepts: (value) => typeof value === 'string' && /^(\/[^?#\s]*)?$/.test(value),
  },
};

/**
 * Decides every option.
 * @throws DiagnosticsError `INVALID_OPTION`, naming all values that are not allowed at once.
 */
export function resolveOptions(
  options: DiagnosticsOptions = {},
  env: Environment = process.env,
): ObserverOptions {
  return resolve(options, env, CODE_RULES) as unknown as ObserverOptions;
}

/** The same for a mounted handler, which has a path besides. */
export function resolveHandlerOptions(
  options: DiagnosticsOptions & { basePath?: string } = {},
  env: Environment = process.env,
): ObserverOptions & { basePath: string } {
  const resolved = resolve(options, env, HANDLER_RULES);
  return { basePath: '', ...(resolved as unknown as ObserverOptions) };
}

function resolve(
  options: object,
  env: Environment,
  rules: Readonly<Record<string, Rule>>,
): Record<string, unknown> {
  const resolved: Record<string, unknown> = { ...DEFAULTS };
  const complaints: Complaint[] = [];
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    const complaint = { name: 'options', value: options, allowed: 'an object' };
    throw new DiagnosticsError('INVALID_OPTION', describe(complaint));
  }
  for (const name of namesIn(options)) {
    if (Object.hasOwn(rules, name)) continue;
    complaints.push({
      name,
      value: valueIn(options, name),
      allowed: `no such option (there are ${Object.keys(rules).join(', ')})`,
    });
  }
  const mainSwitch = env.PPROFQL;
  if (mainSwitch && !MAIN_SWITCH.has(mainSwitch.toLowerCase())) {
    complaints.push({ name: 'PPROFQL', value: mainSwitch, allowed: 'on or off' });
  }
  for (const [name, rule] of Object.entries(rules)) {
    const given = valueIn(options, name);
    const text = rule.env === undefined ? undefined : env[rule.env];
    if (given !== undefined) {
      const value = plainCopy(given);
      if (rule.accepts(value)) resolved[name] = value;
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
  return resolved;
}

/** A token is a secret, and targets may hold some: a wrong value is named but not repeated. */
function describe({ name, value, allowed }: Complaint): string {
  const isSecret = /token|targets/i.test(name);
  const shown = isSecret ? '(hidden)' : textOf(value);
  return `${name} is ${shown.slice(0, 100)}, allowed is ${allowed}`;
}

/** Of any value whatever; never throws. */
function textOf(value: unknown): string {
  try {
    if (typeof value === 'bigint') return `${value}n`;
    if (typeof value === 'number') return String(value);
    return JSON.stringify(value) ?? String(value);
  } catch {
    return 'a value that cannot be shown';
  }
}

/** In place of an option whose own code failed when it was read: no rule accepts it. */
const UNREADABLE = Symbol('a value that cannot be read');

/**
 * As the sidecar will get it: data without the caller's code in it. So nobody can change an option
 * once it is checked, and what cannot cross to a thread is refused here and not there.
 */
function plainCopy(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  try {
    return structuredClone(value);
  } catch {
    return UNREADABLE;
  }
}

function valueIn(options: object, name: string): unknown {
  try {
    return (options as Record<string, unknown>)[name];
  } catch {
    return UNREADABLE;
  }
}

function namesIn(options: object): string[] {
  try {
    return Object.keys(options);
  } catch {
    return [];
  }
}

/**
 * The variable of each option.
 * @internal
 */
export const VARIABLES = Object.fromEntries(
  Object.entries(RULES).map(([name, { env }]) => [name, env]),
) as Readonly<Record<keyof typeof RULES, string>>;

/** What begins like ours, is ours, and no option: the main switch, and what our example and our tests read. */
const OTHER_VARIABLES = ['PPROFQL', 'PPROFQL_URL', 'PPROFQL_TEST_NODE'];

/** For example `historySize` → `PPROFQL_HISTORY_SIZE`, which is what people guess. */
const guessOf = (option: string) =>
  `PPROFQL_${option.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`;

/**
 * Variables that are set, begin with `PPROFQL_`, and mean nothing, each with the known one that is
 * most like it. For example `PPROFQL_PROT` with `PPROFQL_PORT`.
 */
export function unknownVariables(
  env: Environment = process.env,
): { name: string; nearest: string }[] {
  const known = new Map<string, string>();
  for (const [option, variable] of Object.entries(VARIABLES)) {
    known.set(guessOf(option), variable);
    known.set(variable, variable);
  }
  const meant = new Set([...Object.values(VARIABLES), ...OTHER_VARIABLES]);
  return (
    Object.entries(env)
      .filter(([name, text]) => /^pprofql_/i.test(name) && !meant.has(name) && text !== '')
      // Where names have no case (Windows), such a variable is read like any other.
      .filter(([name]) => process.platform !== 'win32' || !meant.has(name.toUpperCase()))
      .map(([name]) => ({
        name,
        nearest: known.get(nearestName(name.toUpperCase(), known.keys()))!,
      }))
  );
}

/** True where the environment says that the preload and the command are to start nothing. */
export function isSwitchedOff(env: Environment = process.env): boolean {
  return MAIN_SWITCH.get(env.PPROFQL?.toLowerCase() ?? '') === false;
}

/** 127.0.0.0/8, each part as the system itself would print it. */
const LOOPBACK_IPV4 = /^127(\.(25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)){3}$/;

export function isLoopbackHost(host: string): boolean {
  return host === 'localhost' || host === '::1' || LOOPBACK_IPV4.test(host);
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
