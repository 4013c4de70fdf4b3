/**
 * Where the engine of a fleet is, as one address: one server, the Sentinels that know which server is the master, or nodes of a
 * cluster that know the others.
 */

export interface EngineNode {
  host: string;
  port: number;
}

export interface EngineAddress {
  kind: 'SERVER' | 'SENTINEL' | 'CLUSTER';
  /** One server, or those that are asked where the engine is. */
  nodes: readonly EngineNode[];
  /** What the Sentinels call it; null where there are none. */
  masterName: string | null;
  username: string | undefined;
  password: string | undefined;
  /** Of the Sentinels, which have users of their own. */
  sentinelUsername: string | undefined;
  sentinelPassword: string | undefined;
  database: number;
  isEncrypted: boolean;
}

export const ADDRESS_FORMS =
  'redis://[user:password@]host[:port][/database], redis+sentinel://[user:password@]host[:port][,host…]/master[/database], or redis+cluster://[user:password@]host[:port][,host…]; rediss for TLS';

interface Parts {
  isEncrypted: boolean;
  kind: EngineAddress['kind'];
  /** As it is written; empty where there is none. */
  user: string;
  hosts: readonly string[];
  path: readonly string[];
  search: string;
}

const FORM =
  /^(rediss?)(?:\+(sentinel|cluster))?:\/\/(?:([^/?#]*)@)?([^/?#@]+)(?:\/([^?#]*))?(?:\?([^#]*))?$/i;
const KINDS: Record<string, EngineAddress['kind']> = { sentinel: 'SENTINEL', cluster: 'CLUSTER' };
const DEFAULT_PORTS = { SERVER: 6379, SENTINEL: 26_379, CLUSTER: 6379 } as const;
const DATABASE = /^\d{1,5}$/;
const MASTER_NAME = /^[\w.-]{1,100}$/;
const SENTINEL_USER = new Set(['sentinel_username', 'sentinel_password']);
const MOST_HOSTS = 50;

function partsOf(text: string): Parts | null {
  const [, scheme, kind, user = '', hosts, path = '', search = ''] = FORM.exec(text) ?? [];
  if (scheme === undefined || hosts === undefined) return null;
  return {
    isEncrypted: scheme.toLowerCase() === 'rediss',
    kind: kind === undefined ? 'SERVER' : KINDS[kind.toLowerCase()]!,
    user,
    hosts: hosts.split(','),
    path: path === '' ? [] : path.split('/'),
    search,
  };
}

/** As URLs have them: a host or an address, IPv6 in brackets, with or without a port. Null for what is none. */
function nodeOf(host: string, defaultPort: number): EngineNode | null {
  const url = URL.canParse(`tcp://${host}`) ? new URL(`tcp://${host}`) : null;
  if (url === null || url.hostname === '') return null;
  return {
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port === '' ? defaultPort : Number(url.port),
  };
}

/** Null for what is no address of an engine. */
export function readAddress(text: string): EngineAddress | null {
  const parts = partsOf(text);
  if (parts === null) return null;
  const { kind, hosts, user, isEncrypted, search } = parts;
  const nodes = hosts.map((host) => nodeOf(host, DEFAULT_PORTS[kind]));
  const [, username = '', password = ''] = (/^([^:]*):?(.*)$/s.exec(user) ?? []).map(decoded);
  const place = placeOf(parts);
  const sentinel = sentinelUserOf(kind, search);
  const isFine =
    nodes.every((node) => node !== null) &&
    nodes.length <= (kind === 'SERVER' ? 1 : MOST_HOSTS) &&
    username !== null &&
    password !== null;
  if (!isFine || place === null || sentinel === null) return null;
  return {
    kind,
    nodes,
    username: username === '' ? undefined : username,
    password: password === '' ? undefined : password,
    isEncrypted,
    ...place,
    ...sentinel,
  };
}

/** A cluster has one database, and a Sentinel knows masters by name. Null for what is no path of its kind. */
function placeOf({ kind, path }: Parts): Pick<EngineAddress, 'masterName' | 'database'> | null {
  const [masterName, rest] =
    kind === 'SENTINEL' ? [decoded(path[0] ?? '') ?? '', path.slice(1)] : [null, path];
  if (masterName !== null && !MASTER_NAME.test(masterName)) return null;
  const [database = '0', ...more] = rest;
  if (more.length > 0 || !DATABASE.test(database === '' ? '0' : database)) return null;
  if (kind === 'CLUSTER' && Number(database) !== 0) return null;
  return { masterName, database: Number(database) };
}

/** A query could otherwise only be meant for something else. */
function sentinelUserOf(kind: EngineAddress['kind'], search: string) {
  const told = new URLSearchParams(search);
  const isFine =
    search === '' ||
    (kind === 'SENTINEL' && [...told.keys()].every((key) => SENTINEL_USER.has(key)));
  if (!isFine) return null;
  return {
    sentinelUsername: told.get('sentinel_username') ?? undefined,
    sentinelPassword: told.get('sentinel_password') ?? undefined,
  };
}

function decoded(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}

/** @throws where it is none, which was checked before */
export function engineAddress(text: string): EngineAddress {
  const address = readAddress(text);
  if (address === null) throw new Error(`an engine is at ${ADDRESS_FORMS}`);
  return address;
}

/** Without users and passwords, for people. */
export function shownAddress(text: string): string {
  const parts = partsOf(text);
  if (parts === null) return '';
  const scheme = text.slice(0, text.indexOf(':')).toLowerCase();
  return [`${scheme}://${parts.hosts.join(',')}`, ...parts.path].join('/').replace(/\/$/, '');
}
