/** Which targets may be configured. */
import type { CategoryRule } from '../category-rule.ts';

/** A process to be watched from here. */
export interface TargetOptions {
  /** 1 to 64 letters, digits and `_ . -`; `self` is this process. */
  name: string;
  /**
   * Such as `http://127.0.0.1:6061`; below it `/debug/pprof/` or `/graphql` is asked for. With `dns+` before
   * it, as in `dns+http://checkout-headless:6060`, each address of the host is a target, `name@address`, and
   * comes and goes with what the host resolves to: at most 100.
   */
  url: string;
  /** @default found out at the first question */
  kind?: 'GO' | 'PPROFQL';
  /** Sent as bearer token. @default none */
  token?: string;
  /**
   * Whether it has a point of its history at each interval although nobody watches; false: none, and nothing is
   * asked. @default one every 30 s, and its goroutines every 5 minutes
   */
  keepHistory?: boolean;
  /** Rules that categorize its goroutines, before those of Go's standard library. @default [] */
  categoryRules?: readonly CategoryRule[];
}

export const ALLOWED_TARGETS =
  'name=url,… or a list of { name, url, kind?, token?, keepHistory?, categoryRules? } (JSON, or in code), each name once, up to 64 letters, digits and _ . - other than self, each url http or https without user and password, with dns+ before it for all addresses of its host (then name= may be left out)';

const NAME = /^(?!self$)[\w.-]{1,64}$/;
const TOKEN = /^[\x21-\x7e]{1,1024}$/;
const KINDS = ['GO', 'PPROFQL'];
/** What a category rule looks at. */
const PATTERNS = ['function', 'file', 'state'];
const FIELDS = ['name', 'url', 'kind', 'token', 'keepHistory', 'categoryRules'];

/**
 * For example `checkout=http://10.0.0.7:6061,search=http://10.0.0.8:6061`, or as JSON
 * `[{"name":"search","url":"http://10.0.0.8:6060","token":"…"}]`, in which the patterns of rules are
 * texts.
 * A service, `dns+http://checkout-headless:6060`, is called after its host where it is given no name.
 * @returns what `areTargets` judges
 */
export function parseTargets(text: string): unknown {
  if (text.trimStart().startsWith('[')) return parseJsonWithPatterns(text);
  return text.split(',').map((entry) => {
    const url = entry.trim();
    if (isService({ url })) return { name: URL.parse(plainUrlOf(url))?.hostname ?? '', url };
    const [name = '', ...rest] = url.split('=');
    return { name, url: rest.join('=') };
  });
}

const SERVICE = 'dns+';

/** Whether each address of its host is a target. */
export function isService({ url }: Pick<TargetOptions, 'url'>): boolean {
  return url.startsWith(SERVICE);
}

export function plainUrlOf(url: string): string {
  return isService({ url }) ? url.slice(SERVICE.length) : url;
}

/** JSON in which the patterns of rules are texts; null where it is none. */
export function parseJsonWithPatterns(text: string): unknown {
  try {
    return JSON.parse(text, (field, value) =>
      PATTERNS.includes(field) && typeof value === 'string' ? new RegExp(value) : value,
    );
  } catch {
    return null;
  }
}

export function areTargets(
  value: unknown,
  areCategoryRules: (value: unknown) => boolean,
): value is TargetOptions[] {
  if (!Array.isArray(value)) return false;
  // A place left empty counts as a target: `every` on its own would skip it.
  const targets = Array.from(value);
  const names = targets.map((target) => target?.name);
  return (
    new Set(names).size === names.length &&
    targets.every((target) => isTarget(target) && areCategoryRules(target.categoryRules ?? []))
  );
}

function isTarget(value: unknown): value is TargetOptions {
  if (typeof value !== 'object' || value === null) return false;
  const { name, url, kind, token, keepHistory } = value as Partial<TargetOptions>;
  return (
    Object.keys(value).every((field) => FIELDS.includes(field)) &&
    typeof name === 'string' &&
    NAME.test(name) &&
    typeof url === 'string' &&
    isPlainHttpUrl(plainUrlOf(url)) &&
    (kind === undefined || KINDS.includes(kind)) &&
    (token === undefined || (typeof token === 'string' && TOKEN.test(token))) &&
    (keepHistory === undefined || typeof keepHistory === 'boolean')
  );
}

function isPlainHttpUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password, search, hash } = new URL(text);
  return /^https?:$/.test(protocol) && `${username}${password}${search}${hash}` === '';
}
