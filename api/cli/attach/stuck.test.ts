import { describe, expect, it } from 'vitest';
import { functionsOf, placesOf } from './stuck.ts';

/** For example `a:1 b:2` → `a` in line 1, called by `b` in line 2. */
const stack = (text: string) =>
  text
    .split(' ')
    .filter(Boolean)
    .map((site) => {
      const [functionName = '', line] = site.split(':');
      return { functionName, scriptName: 'file:///srv/app.js', lineNumber: Number(line) };
    });

const LOOKS = ['find:3 visit:9', 'find:3 visit:9', 'find:4 visit:9', 'visit:8'].map(stack);

describe('what looks at a stuck thread have found', () => {
  it('names the most frequent line with its stack', () => {
    expect(placesOf(LOOKS)).toEqual([
      '  2 of 4 looks within 3 s found it in find (/srv/app.js:3):',
      '    find (/srv/app.js:3)',
      '    visit (/srv/app.js:9)',
    ]);
    expect(placesOf([stack('')])).toEqual([
      '  It runs no JavaScript of which a stack could be had.',
    ]);
  });

  it('names evaluated code by its line alone', () => {
    const site = { functionName: 'spin', scriptName: '', lineNumber: 3 };
    expect(placesOf([[site]])[1]).toBe('    spin (evaluated code:3)');
  });

  it('shares the time among functions, each with its most frequent line', () => {
    expect(functionsOf(LOOKS).map((line) => line.trim().split(/ {2,}/))).toEqual([
      ['SELF', 'TOTAL', 'FUNCTION (MOST FREQUENT LINE)'],
      ['75 %', '75 %', 'find (/srv/app.js:3)'],
      ['25 %', '100 %', 'visit (/srv/app.js:9)'],
    ]);
  });

  it('counts a function that calls itself once a look', () => {
    const [, walk] = functionsOf([stack('walk:1 walk:2 walk:2')]);
    expect(walk!.trim()).toBe('100 %  100 %  walk (/srv/app.js:1)');
  });
});
