import { describe, expect, it } from 'vitest';
import { resolveOptions } from './resolve.ts';

const targetsOf = (text: string) => resolveOptions({}, { PPROFQL_TARGETS: text }).targets;

describe('the targets that are configured', () => {
  it('come from the environment', () => {
    expect(targetsOf('checkout=http://10.0.0.7:6061, search=https://search.internal/diag')).toEqual(
      [
        { name: 'checkout', url: 'http://10.0.0.7:6061' },
        { name: 'search', url: 'https://search.internal/diag' },
      ],
    );
  });

  it('are called after their host where they are the addresses of one', () => {
    expect(targetsOf('dns+http://checkout-headless:6060,a=dns+https://b/c')).toEqual([
      { name: 'checkout-headless', url: 'dns+http://checkout-headless:6060' },
      { name: 'a', url: 'dns+https://b/c' },
    ]);
  });

  it('come as JSON where they need more than a name and an address', () => {
    const rule = '{"category":"BACKGROUND","function":"^main[.]poll$"}';
    const text = `[{"name":"a","url":"http://b","token":"secret","categoryRules":[${rule}]}]`;
    expect(targetsOf(text)).toEqual([
      {
        name: 'a',
        url: 'http://b',
        token: 'secret',
        categoryRules: [{ category: 'BACKGROUND', function: /^main[.]poll$/ }],
      },
    ]);
  });

  it.each([
    ['a name twice', 'a=http://b,a=http://c'],
    ['the name of this process', 'self=http://b'],
    ['a name with a blank', 'a b=http://c'],
    ['no name', '=http://c'],
    ['no address', 'a'],
    ['another protocol', 'a=file:///etc/passwd'],
    ['another protocol of a service', 'dns+ftp://b'],
    ['a service without a host', 'dns+http://'],
    ['broken JSON', '[{"name":"a"'],
    ['a broken pattern', '[{"name":"a","url":"http://b","categoryRules":[{"function":"("}]}]'],
  ])('are refused with %s', (_what, text) => {
    expect(() => targetsOf(text)).toThrow(/PPROFQL_TARGETS/);
  });

  it('are refused with a password, which is not repeated', () => {
    expect(() => targetsOf('a=http://user:hunter2@b')).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining('hunter2') }),
    );
  });

  it.each([
    ['an unknown field', { host: 'b' }],
    ['an unknown kind', { kind: 'RUBY' }],
    ['a token that no header can carry', { token: 'a\nb' }],
    ['a rule that is none', { categoryRules: [{ category: 'BACKGROUND' }] }],
  ])('are refused in code with %s', (_what, fields) => {
    const targets = [{ name: 'a', url: 'http://b', ...fields }] as never;
    expect(() => resolveOptions({ targets }, {})).toThrow(/targets/);
  });
});
