/** Where strangers could read the process, a token is required. */
import { DiagnosticsError } from '../errors.ts';
import type { Environment } from './environment/environment.ts';
import type { ResolvedOptions } from './options.ts';

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
