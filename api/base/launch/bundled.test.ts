import { describe, expect, it } from 'vitest';
import { refusalOfBundle } from './bundled.ts';

describe('pprofql in a bundle', () => {
  it.each([
    { what: 'of CommonJS, which has no address', place: '' },
    { what: 'beside other files of the program', place: 'file:///srv/shop/dist/server.mjs' },
  ])('$what is refused with what to do', ({ place }) => {
    expect(refusalOfBundle(place)).toMatch(/part of a bundle.*--external:pprofql/);
  });

  it('is not what stands among its own files', () => {
    expect(refusalOfBundle()).toBeNull();
  });
});
