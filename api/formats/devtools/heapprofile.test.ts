import { expect, it } from 'vitest';
import { foldedProfile } from '../testing/folded-profile.ts';
import { heapprofile, type SamplingHeapProfileNode } from './heapprofile.ts';

/** `name selfSize (children)` */
const outline = ({ callFrame, selfSize, children }: SamplingHeapProfileNode): string =>
  `${callFrame.functionName} ${selfSize} (${children.map(outline).join(' ')})`;

it('is the tree of calls, each with the live bytes of its own', () => {
  const { head, samples } = heapprofile(
    foldedProfile([
      ['main;work', 9, 900, 1, 50],
      ['main', 9, 900, 1, 10],
      ['main;work;work', 9, 900, 1, 5],
      ['main;gone', 9, 900, 0, 0],
      ['other', 9, 900, 1, 1],
    ]),
  );
  expect(outline(head)).toBe('(root) 0 (main 10 (work 50 (work 5 ())) other 1 ())');
  expect(samples).toEqual([]);
});

it('numbers its nodes and places functions as DevTools does: scripts by URL, lines from 0', () => {
  const profile = foldedProfile([['main', 1, 1, 1, 1]]);
  profile.frames = [{ function: '(anonymous)', file: '/app/my app.js', line: 7 }];
  expect(heapprofile(profile).head).toMatchObject({
    id: 1,
    children: [
      {
        id: 2,
        callFrame: { functionName: '', url: 'file:///app/my%20app.js', lineNumber: 6 },
      },
    ],
  });
});

it('is a bare root for an empty profile', () => {
  expect(outline(heapprofile(foldedProfile([])).head)).toBe('(root) 0 ()');
});

it('can be written as JSON however deep the calls are, without losing a byte', () => {
  const names = Array.from({ length: 8_000 }, (_, level) => `f${level}`);
  const { head } = heapprofile(foldedProfile([[names.join(';'), 1, 1, 1, 7]]));
  const json = JSON.stringify(head);
  expect(json).toContain('"functionName":"f999"');
  expect(json).not.toContain('"functionName":"f1000"');
  expect(json).toContain('"selfSize":7');
});
