import { afterEach, describe, expect, it, vi } from 'vitest';
import { GrowingBytes } from './growing-bytes.ts';

const PAGE = 64 * 1024;

describe.each([
  ['grow where they are', () => {}],
  [
    'are copied where the process has no WebAssembly',
    () => vi.stubGlobal('WebAssembly', undefined),
  ],
])('bytes that %s', (_, prepare) => {
  afterEach(() => {
    vi.unstubAllGlobals();
  });

  it.each([
    ['none', []],
    ['an empty chunk', [0]],
    ['less than a page', [1, 2, 3]],
    ['pages and what is left over', [PAGE, PAGE, 7]],
    ['chunks of all sizes, up to the limit', [1, PAGE - 1, PAGE + 1, 3 * PAGE, 5]],
  ])('are what was added: %s', (__, sizes) => {
    prepare();
    const chunks = sizes.map((size, at) => Buffer.alloc(size, at + 1));
    const whole = Buffer.concat(chunks);
    const bytes = new GrowingBytes(whole.length);
    for (const chunk of chunks) bytes.add(chunk);
    expect(bytes.length).toBe(whole.length);
    expect(bytes.finish().equals(whole)).toBe(true);
  });
});
