import { describe, expect, it } from 'vitest';
import { foldedCpuProfile, withWallTimes } from '../testing/folded-cpu-profile.ts';
import { callTree } from './call-tree.ts';

/** One line a node, indented by its depth, with its own and its whole samples. */
function drawing(profile: Parameters<typeof callTree>[0], limit?: number): string[] {
  const depths: number[] = [];
  return callTree(profile, { limit }).map(({ parent, frame, self, total }, index) => {
    expect(parent ?? -1).toBeLessThan(index);
    const depth = parent === null ? 0 : depths[parent]! + 1;
    depths.push(depth);
    return `${'  '.repeat(depth)}${frame.function} ${self.samples}/${total.samples}`;
  });
}

describe('the call tree', () => {
  it('joins equal stacks, callees with the most time first', () => {
    const profile = foldedCpuProfile('main a 1 1', 'main b 5 5', 'main a c 2 2', 'main a 1 1');
    expect(drawing(profile)).toEqual(['main 0/9', '  b 5/5', '  a 2/4', '    c 2/2']);
  });

  it('keeps the levels of a recursion apart', () => {
    expect(drawing(foldedCpuProfile('a b 1 1', 'a b a 1 1', 'a 1 1'))).toEqual([
      'a 1/3',
      '  b 1/2',
      '    a 1/1',
    ]);
  });

  it('goes by time, however many samples it took to tell', () => {
    const profile = withWallTimes(foldedCpuProfile('often 5 1', 'long 2 1'), 20, 121);
    expect(drawing(profile)).toEqual(['long 2/2', 'often 5/5']);
    expect(drawing(profile, 1)).toEqual(['long 2/2', '(other) 5/5']);
  });

  it('has no nodes for an empty profile', () => {
    expect(callTree(foldedCpuProfile())).toEqual([]);
  });

  it('keeps the same function below different callers apart', () => {
    expect(drawing(foldedCpuProfile('a work 2 2', 'b work 3 3'))).toEqual([
      'b 0/3',
      '  work 3/3',
      'a 0/2',
      '  work 2/2',
    ]);
  });

  it('gathers what it leaves out below each node, so that widths still add up', () => {
    const profile = foldedCpuProfile('main a 4 4', 'main b 2 2', 'main c 1 1', 'lone 1 1');
    expect(drawing(profile, 2)).toEqual(['main 0/7', '  a 4/4', '  (other) 3/3', '(other) 1/1']);
  });

  it('never keeps a callee without its caller', () => {
    expect(drawing(foldedCpuProfile('a b c 3 3', 'x 3 3'), 2)).toEqual([
      'a 0/3',
      '  b 0/3',
      '    (other) 3/3',
      '(other) 3/3',
    ]);
  });

  it('says the CPU time of every node', () => {
    const [main, read] = callTree(foldedCpuProfile('main 2 2', 'main read 8 1'));
    expect(main).toMatchObject({ self: { wallMs: 2, cpuMs: 2 }, total: { wallMs: 10, cpuMs: 3 } });
    expect(read).toMatchObject({ parent: 0, total: { wallMs: 8, cpuMs: 1 } });
  });

  it('holds a stack as deep as V8 allows', () => {
    const names = Array.from({ length: 20_000 }, (_, depth) => (depth % 2 === 0 ? 'a' : 'b'));
    const nodes = callTree(foldedCpuProfile(`${names.join(' ')} 1 1`), { limit: 20_000 });
    expect(nodes).toHaveLength(20_000);
    expect(nodes.at(-1)).toMatchObject({ parent: 19_998, self: { samples: 1 } });
  });
});
