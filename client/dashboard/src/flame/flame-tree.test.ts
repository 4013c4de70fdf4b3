import { describe, expect, test } from 'vitest';
import { aFrame } from '../testing/frames.ts';
import { type FlameNode, flameTree, layOut } from './flame-tree.ts';
import { foldRuntime } from './fold-frames.ts';

const frame = (name: string) => aFrame(name, `/app/${name}.ts`);
/** `main>a>b` → frames, top first. */
const path = (text: string) => text.split('>').map(frame).reverse();

/** `main 6 (self 1)` with children in brackets. */
function draw({ frame: place, total, self, children }: FlameNode): string {
  const inner = children.length === 0 ? '' : ` [${children.map(draw).join(', ')}]`;
  return `${place?.function ?? 'root'} ${total}${self > 0 ? ` self ${self}` : ''}${inner}`;
}

describe('a flame tree', () => {
  test('merges stacks from the root, largest first, and keeps self apart from total', () => {
    const root = flameTree([
      { frames: path('main>c'), value: 2 },
      { frames: path('main>a>b'), value: 3 },
      { frames: path('main>a'), value: 1 },
    ]);
    expect(draw(root)).toBe('root 6 [main 6 [a 4 self 1 [b 3 self 3], c 2 self 2]]');
  });

  test('gives every level of a recursion its own box', () => {
    expect(draw(flameTree([{ frames: path('f>f>f'), value: 5 }]))).toBe(
      'root 5 [f 5 [f 5 [f 5 self 5]]]',
    );
  });

  test('of nothing is an empty root', () => {
    expect(draw(flameTree([]))).toBe('root 0');
    expect(layOut(flameTree([]), '')).toHaveLength(1);
  });
});

describe('the layout', () => {
  const root = flameTree([
    { frames: path('main>a>b'), value: 3 },
    { frames: path('main>c'), value: 1 },
  ]);
  const boxesAt = (zoomed: string) =>
    layOut(root, zoomed).map((box) => [
      box.node.frame?.function ?? 'root',
      box.depth,
      box.left,
      box.width,
    ]);

  test('gives each box its share, children below their parent', () => {
    expect(boxesAt('')).toEqual([
      ['root', 0, 0, 1],
      ['main', 1, 0, 1],
      ['a', 2, 0, 0.75],
      ['b', 3, 0, 0.75],
      ['c', 2, 0.75, 0.25],
    ]);
  });

  test('gives a zoomed frame the full width, its callers above and its siblings away', () => {
    const keyOfC = root.children[0]?.children[1]?.key ?? '';
    expect(boxesAt(keyOfC)).toEqual([
      ['root', 0, 0, 1],
      ['main', 1, 0, 1],
      ['c', 2, 0, 1],
    ]);
  });

  test('shows everything when the zoomed frame is gone from the profile', () => {
    expect(boxesAt('\nno longer there')).toHaveLength(5);
  });
});

describe('folding', () => {
  test('keeps of each run of runtime frames the one nearest to the top', () => {
    const node = (name: string) => aFrame(name, 'node:x');
    const stack = [node('push'), frame('b'), node('emit'), node('parse'), frame('a')];
    expect(foldRuntime(stack).map((kept) => kept.function)).toEqual(['push', 'b', 'emit', 'a']);
  });
});
