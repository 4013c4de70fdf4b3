import { describe, expect, it } from 'vitest';
import { isSwitchedOff } from './environment/main-switch.ts';
import { unknownVariables, VARIABLES } from './environment/variables.ts';
import { isLoopbackHost, requireTokenWhereExposed } from './exposure.ts';
import { DEFAULTS } from './options.ts';
import { resolveHandlerOptions, resolveOptions } from './resolve.ts';

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

  it.each(['constructor', 'toString', '__proto__', 'hasOwnProperty'])(
    'does not take %s for an option, which every object has',
    (name) => {
      const options = JSON.parse(`{"${name}":5}`);
      expect(() => resolveOptions(options, {})).toThrow(`${name} is 5, allowed is no such option`);
    },
  );

  it.each(['constructor', 'toString'])('does not take %s for on or off', (word) => {
    expect(() => resolveOptions({}, { PPROFQL: word })).toThrow(/PPROFQL is/);
    expect(() => resolveOptions({}, { PPROFQL_ASYNC: word })).toThrow(/PPROFQL_ASYNC is/);
  });

  const throwing = () => {
    throw new Error('the code of an option');
  };
  it.each<[string, unknown, string]>([
    ['a bigint', 1n, '1n'],
    ['a symbol', Symbol('six'), 'Symbol(six)'],
    ['NaN', Number.NaN, 'NaN'],
    ['null', null, 'null'],
    ['a function', Math.max, 'function max'],
    ['a bigint in a list', [1n], 'a value that cannot be shown'],
    ['an object without a prototype', Object.create(null), '{}'],
    ['an object that cannot be printed', { toJSON: throwing }, 'a value that cannot be shown'],
    ['a proxy that throws', new Proxy([], { get: throwing }), 'a value that cannot be shown'],
  ])('names %s with all else that is not allowed', (_what, value, shown) => {
    for (const name of ['port', 'allowedHosts', 'categoryRules', 'sourceMaps', 'host']) {
      const attempt = () => resolveOptions({ [name]: value, historySize: -1 }, {});
      expect(attempt).toThrow(expect.objectContaining({ code: 'INVALID_OPTION' }));
      expect(attempt).toThrow(`${name} is ${shown}`);
      expect(attempt).toThrow('historySize is -1');
    }
  });

  it('names an option whose getter throws', () => {
    const options = { historySize: -1 };
    Object.defineProperty(options, 'port', { get: throwing, enumerable: true });
    Object.defineProperty(options, 'prot', { get: throwing, enumerable: true });
    const attempt = () => resolveOptions(options, {});
    expect(attempt).toThrow(expect.objectContaining({ code: 'INVALID_OPTION' }));
    expect(attempt).toThrow(/prot is .*; port is .*; historySize is -1/);
  });

  it.each([
    ['allowedHosts', new Array(1)],
    ['allowedOrigins', new Array(1)],
    ['categoryRules', new Array(1)],
    ['targets', new Array(1)],
  ])('refuses %s with a place left empty', (name, list) => {
    expect(() => resolveOptions({ [name]: list }, {})).toThrow(
      expect.objectContaining({ code: 'INVALID_OPTION' }),
    );
  });

  it('refuses a host that is longer than any name', () => {
    expect(resolveOptions({ host: 'x'.repeat(255) }, {}).host).toHaveLength(255);
    expect(() => resolveOptions({ host: 'x'.repeat(256) }, {})).toThrow(/host is/);
  });

  it.each([[null], [5], ['port'], [[]], [undefined]])(
    'takes no options but an object: %j',
    (options) => {
      const attempt = () => resolveOptions(options as never, {});
      if (options === undefined) expect(attempt()).toEqual(DEFAULTS);
      else expect(attempt).toThrow(expect.objectContaining({ code: 'INVALID_OPTION' }));
    },
  );

  it('refuses what could not cross to the sidecar', () => {
    const withCode = { category: 'BACKGROUND', function: /^poll/, note: () => {} } as never;
    expect(() => resolveOptions({ categoryRules: [withCode] }, {})).toThrow(/categoryRules is/);
  });

  it('is not changed by whoever gave the options', () => {
    const allowedHosts = ['box'];
    const resolved = resolveOptions({ allowedHosts }, {});
    allowedHosts.push('evil.example');
    expect(resolved.allowedHosts).toEqual(['box']);
  });

  it('does not repeat a token that is not allowed', () => {
    const attempt = () => resolveOptions({}, { PPROFQL_TOKEN: 'my secret' });
    expect(attempt).toThrow(/PPROFQL_TOKEN is \(hidden\)/);
    expect(attempt).not.toThrow(/my secret/);
  });

  it.each([
    'redis://:hunter2@host/name',
    'http://hunter2@host',
    'redis:///hunter2',
    'redis://hunter2%@host',
    'redis://host?hunter2=1',
  ])('takes no address of a fleet like this one, and does not repeat it', (fleet) => {
    for (const attempt of [
      () => resolveOptions({ fleet }, {}),
      () => resolveOptions({}, { PPROFQL_FLEET: fleet }),
    ]) {
      expect(attempt).toThrow(/(fleet|PPROFQL_FLEET) is \(hidden\), allowed is redis:/);
      expect(attempt).not.toThrow(/hunter2/);
    }
  });

  it.each([
    'redis://host',
    'rediss://user:pass%2Fword@host:6380/2',
    'redis://[::1]:6379/',
    'redis+sentinel://one,two/main',
    'redis+cluster://one,two',
  ])('takes %s for a fleet', (fleet) => {
    expect(resolveOptions({ fleet }, {}).fleet).toBe(fleet);
  });

  it('accepts category rules with a pattern and refuses those without', () => {
    const rule = { category: 'BACKGROUND', function: /^poll/ } as const;
    expect(resolveOptions({ categoryRules: [rule] }, {}).categoryRules).toEqual([rule]);
    expect(() => resolveOptions({ categoryRules: [{ category: 'BACKGROUND' }] }, {})).toThrow(
      /categoryRules is/,
    );
  });

  it('refuses a category rule whose reason is no text, which the API could not show', () => {
    const rule = { category: 'BACKGROUND', function: /^poll/ } as const;
    const reasoned = (because: unknown) => ({ categoryRules: [{ ...rule, because }] }) as never;
    expect(resolveOptions(reasoned('it polls'), {}).categoryRules).toHaveLength(1);
    expect(() => resolveOptions(reasoned({}), {})).toThrow(/categoryRules is/);
  });
});

describe('resolveHandlerOptions', () => {
  it('decides on the path as well', () => {
    expect(resolveHandlerOptions({}, {}).basePath).toBe('');
    expect(resolveHandlerOptions({ basePath: '/debug' }, {}).basePath).toBe('/debug');
  });

  it.each([5, 'debug', Symbol('x'), null])('refuses the path %s with all else', (basePath) => {
    const attempt = () => resolveHandlerOptions({ basePath: basePath as never, port: -1 }, {});
    expect(attempt).toThrow(expect.objectContaining({ code: 'INVALID_OPTION' }));
    expect(attempt).toThrow(/port is -1.*basePath is/);
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

  it.each([
    '0.0.0.0',
    '::',
    '10.0.0.1',
    '127.0.0.1.evil.example',
    '127.999.999.999',
    '127.0.0.256',
    '127.0.0.01',
    '127.0.0',
  ])('does not count %s', (host) => {
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

describe('variables', () => {
  it('has one of its own for every option', () => {
    expect(Object.keys(VARIABLES).sort()).toEqual(Object.keys(DEFAULTS).sort());
    expect(new Set(Object.values(VARIABLES)).size).toBe(Object.keys(DEFAULTS).length);
  });

  it('takes numbers, lists and JSON from it', () => {
    const resolved = resolveOptions(
      {},
      {
        PPROFQL_ALLOWED_HOSTS: 'diag.internal:6060, box',
        PPROFQL_ALLOWED_ORIGINS: 'https://dash.example, http://localhost:3000',
        PPROFQL_OVERHEAD_BUDGET_PERCENT: '0.5',
        PPROFQL_PAUSE_BUDGET_PERCENT: '100',
        PPROFQL_HEAP_SAMPLING_INTERVAL_BYTES: '65536',
        PPROFQL_MAX_TASK_RECORDS: '500',
        PPROFQL_MAX_CAPTURES: '3',
        PPROFQL_MAX_CPU_PROFILE_SECONDS: '10',
        PPROFQL_SOURCE_MAP_MEMORY_BYTES: '2097152',
        PPROFQL_CATEGORY_RULES: '[{ "category": "BACKGROUND", "function": "^poll" }]',
      },
    );
    expect(resolved).toMatchObject({
      allowedHosts: ['diag.internal:6060', 'box'],
      allowedOrigins: ['https://dash.example', 'http://localhost:3000'],
      overheadBudgetPercent: 0.5,
      pauseBudgetPercent: 100,
      heapSamplingIntervalBytes: 65_536,
      maxTaskRecords: 500,
      maxCaptures: 3,
      maxCpuProfileSeconds: 10,
      sourceMapMemoryBytes: 2_097_152,
      categoryRules: [{ category: 'BACKGROUND', function: /^poll/ }],
    });
  });

  it.each([
    ['on', true],
    ['1', true],
    ['Yes', true],
    ['off', false],
    ['0', false],
    ['FALSE', false],
  ])('reads %s as a switch, whichever it is', (text, isOn) => {
    const env = { PPROFQL_HEAP: text, PPROFQL_BLACK_BOX: text };
    expect(resolveOptions({}, env)).toMatchObject({ heapSampling: isOn, blackBox: isOn });
  });

  it.each([
    ['PPROFQL_PORT', '0x10'],
    ['PPROFQL_PORT', '1e3'],
    ['PPROFQL_PORT', '80.5'],
    ['PPROFQL_PORT', ' '],
    ['PPROFQL_MAX_CAPTURES', '3 captures'],
    ['PPROFQL_PAUSE_BUDGET_PERCENT', 'Infinity'],
    ['PPROFQL_HEAP', '2'],
    ['PPROFQL_ALLOWED_HOSTS', 'a,,b'],
    ['PPROFQL_ALLOWED_ORIGINS', '*'],
    ['PPROFQL_ALLOWED_ORIGINS', 'null'],
    ['PPROFQL_ALLOWED_ORIGINS', 'https://*.example'],
    ['PPROFQL_ALLOWED_ORIGINS', 'https://dash.example/path'],
    ['PPROFQL_ALLOWED_ORIGINS', 'dash.example'],
    ['PPROFQL_CATEGORY_RULES', '{}'],
    ['PPROFQL_CATEGORY_RULES', '[{ "category": "BACKGROUND", "function": "(" }]'],
    ['PPROFQL_CATEGORY_RULES', 'poll'],
  ])('refuses %s=%s', (variable, text) => {
    expect(() => resolveOptions({}, { [variable]: text })).toThrow(`${variable} is`);
  });

  it.each([
    ['PPROFQL_PROT', 'PPROFQL_PORT'],
    ['PPROFQL_port', 'PPROFQL_PORT'],
    ['PPROFQL_ALLOWED_ORIGIN', 'PPROFQL_ALLOWED_ORIGINS'],
    ['PPROFQL_HISTORY_SIZE', 'PPROFQL_HISTORY'],
    ['PPROFQL_STALL_THRESHOLD_MS', 'PPROFQL_STALL_MS'],
    ['PPROFQL_ASYNC_TRACKING', 'PPROFQL_ASYNC'],
  ])('knows that %s is none, and that %s may be meant', (name, nearest) => {
    expect(unknownVariables({ [name]: '1', PPROFQL: 'on', PPROFQL_PORT: '1' })).toEqual([
      { name, nearest },
    ]);
  });

  it('passes over what is empty, and what is not pprofql’s', () => {
    const env = { PPROFQL_PROT: '', PPROFQLITE: '1', PORT: '1', PPROFQL_URL: 'http://host/' };
    expect(unknownVariables(env)).toEqual([]);
  });
});
