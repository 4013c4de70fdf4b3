import { describe, expect, it } from 'vitest';
import {
  DEFAULTS,
  isLoopbackHost,
  isSwitchedOff,
  requireTokenWhereExposed,
  resolveOptions,
} from './options.ts';

describe('resolveOptions', () => {
  it('gives the documented defaults when nothing is set', () => {
    expect(resolveOptions({}, {})).toEqual(DEFAULTS);
    expect(DEFAULTS).toMatchObject({
      port: 6060,
      host: '127.0.0.1',
      intervalMs: 10_000,
      historySize: 30,
    });
  });

  it('prefers an option in code to the environment, and the environment to the default', () => {
    const env = { PPROFQL_PORT: '7000', PPROFQL_HISTORY: '5' };
    const resolved = resolveOptions({ port: 8000 }, env);
    expect(resolved.port).toBe(8000);
    expect(resolved.historySize).toBe(5);
    expect(resolved.intervalMs).toBe(10_000);
  });

  it('takes 0 as a port and not as a missing value', () => {
    expect(resolveOptions({}, { PPROFQL_PORT: '0' }).port).toBe(0);
    expect(resolveOptions({ port: 0 }, { PPROFQL_PORT: '7000' }).port).toBe(0);
  });

  it('treats an empty variable as not set', () => {
    expect(resolveOptions({}, { PPROFQL_PORT: '', PPROFQL_TOKEN: '' })).toEqual(DEFAULTS);
  });

  it('names every value that is not allowed at once, with what is', () => {
    const env = { PPROFQL_PORT: '70000', PPROFQL_INTERVAL_MS: 'soon' };
    const attempt = () => resolveOptions({ historySize: -1 }, env);
    expect(attempt).toThrow(expect.objectContaining({ code: 'INVALID_OPTION' }));
    expect(attempt).toThrow(/PPROFQL_PORT is "70000", allowed is a whole number from 0 to 65535/);
    expect(attempt).toThrow(/PPROFQL_INTERVAL_MS is "soon"/);
    expect(attempt).toThrow(/historySize is -1/);
  });

  it('names an option that does not exist', () => {
    expect(() => resolveOptions({ prot: 1 } as never, {})).toThrow(
      /prot is 1, allowed is no such option/,
    );
  });

  it('does not repeat a token that is not allowed', () => {
    const attempt = () => resolveOptions({}, { PPROFQL_TOKEN: 'my secret' });
    expect(attempt).toThrow(/PPROFQL_TOKEN is \(hidden\)/);
    expect(attempt).not.toThrow(/my secret/);
  });

  it('accepts category rules with a pattern and refuses those without', () => {
    const rule = { category: 'BACKGROUND', function: /^poll/ } as const;
    expect(resolveOptions({ categoryRules: [rule] }, {}).categoryRules).toEqual([rule]);
    expect(() => resolveOptions({ categoryRules: [{ category: 'BACKGROUND' }] }, {})).toThrow(
      /categoryRules is/,
    );
  });
});

describe('requireTokenWhereExposed', () => {
  const withToken = { ...DEFAULTS, host: '0.0.0.0', token: 'secret' };

  it('refuses to listen publicly without a token', () => {
    const attempt = () => requireTokenWhereExposed({ ...DEFAULTS, host: '0.0.0.0' }, {});
    expect(attempt).toThrow(expect.objectContaining({ code: 'TOKEN_REQUIRED' }));
  });

  it('refuses to start in production without a token', () => {
    const attempt = () => requireTokenWhereExposed(DEFAULTS, { NODE_ENV: 'production' });
    expect(attempt).toThrow(expect.objectContaining({ code: 'TOKEN_REQUIRED' }));
  });

  it('allows both with a token, and loopback in development without one', () => {
    expect(() => requireTokenWhereExposed(withToken, { NODE_ENV: 'production' })).not.toThrow();
    expect(() => requireTokenWhereExposed(DEFAULTS, {})).not.toThrow();
  });
});

describe('isLoopbackHost', () => {
  it.each(['localhost', '127.0.0.1', '127.8.9.1', '::1'])('counts %s as loopback', (host) => {
    expect(isLoopbackHost(host)).toBe(true);
  });

  it.each(['0.0.0.0', '::', '10.0.0.1', '127.0.0.1.evil.example'])('does not count %s', (host) => {
    expect(isLoopbackHost(host)).toBe(false);
  });
});

describe('isSwitchedOff', () => {
  it('starts nothing only for PPROFQL=off', () => {
    expect(isSwitchedOff({ PPROFQL: 'off' })).toBe(true);
    expect(isSwitchedOff({ PPROFQL: 'OFF' })).toBe(true);
    expect(isSwitchedOff({})).toBe(false);
  });
});
