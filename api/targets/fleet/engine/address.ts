/** Where the engine of a fleet is, as one address. */

export interface EngineAddress {
  host: string;
  port: number;
  username: string | undefined;
  password: string | undefined;
  database: number;
  isEncrypted: boolean;
}

const DEFAULT_PORT = 6379;

/** @param url `redis://[user:password@]host[:port][/database]`, `rediss://` for TLS; checked before */
export function engineAddress(url: string): EngineAddress {
  const { protocol, hostname, port, username, password, pathname } = new URL(url);
  return {
    host: hostname.replace(/^\[|\]$/g, ''),
    port: port === '' ? DEFAULT_PORT : Number(port),
    username: username === '' ? undefined : decodeURIComponent(username),
    password: password === '' ? undefined : decodeURIComponent(password),
    database: Number(pathname.slice(1)),
    isEncrypted: protocol === 'rediss:',
  };
}

/** Without the user and the password, for people. */
export function shownAddress(url: string): string {
  const { protocol, host, pathname } = new URL(url);
  return `${protocol}//${host}${pathname === '/' ? '' : pathname}`;
}
