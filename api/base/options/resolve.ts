/** Decides every option: one given in code, then the environment, then the default. */
import { clone } from '../builtins.ts';
import { DiagnosticsError } from '../errors.ts';
import type { Environment } from './environment/environment.ts';
import { switchOf } from './environment/main-switch.ts';
import { DEFAULTS, type DiagnosticsOptions, type ObserverOptions } from './options.ts';
import { CODE_RULES, HANDLER_RULES, type Rule } from './rules.ts';

/** A value that was not accepted: where it came from, what it was, what is allowed. */
interface Complaint {
  name: string;
  value: unknown;
  allowed: string;
}

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
  if (mainSwitch && switchOf(mainSwitch) === undefined) {
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

/** A token is a secret, and targets and the address of a fleet may hold some: a wrong value is named but not repeated. */
function describe({ name, value, allowed }: Complaint): string {
  const isSecret = /token|targets|fleet$/i.test(name);
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
    return clone(value);
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
