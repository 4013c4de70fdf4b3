import { describe, expect, it } from 'vitest';
import type { HeapNode } from '../driver.ts';
import { flattenHeapTree } from './tree.ts';

type TestNode = { name: string; file?: string; allocations?: object[]; children?: TestNode[] };

const v8Node = ({
  name,
  file = '/app/app.js',
  allocations = [],
  children = [],
}: TestNode): HeapNode =>
  ({
    name,
    scriptName: file,
    scriptId: 1,
    lineNumber: 7,
    columnNumber: 1,
    allocations,
    children: children.map(v8Node),
  }) as HeapNode;

const stats = (allocObjects: number, bytes: number, inuseObjects: number) => ({
  allocObjects,
  allocSpaceBytes: allocObjects * bytes,
  inuseObjects,
  inuseSpaceBytes: inuseObjects * bytes,
});

const keepAll = () => false;

/** So short that every object is sampled, and stands for itself. */
const EVERY_OBJECT = 1e-3;
/** Sizes are told in these. */
const INTERVAL_BYTES = 512 * 1024;

const flatten = (root: HeapNode, isLeftOut: (node: HeapNode) => boolean = keepAll) =>
  flattenHeapTree(root, isLeftOut, EVERY_OBJECT);

it('adds up the object sizes of a node and drops the root', () => {
  const root = v8Node({
    name: '(root)',
    file: '',
    children: [{ name: 'f', allocations: [stats(3, 8, 1), stats(2, 100, 2)] }],
  });
  expect(flatten(root)).toMatchObject({
    strings: ['f', '/app/app.js'],
    parent: Int32Array.of(-1),
    line: Int32Array.of(7),
    values: Float64Array.of(5, 224, 3, 208),
  });
});

it('has live columns only where V8 counts live objects only', () => {
  const root = v8Node({
    name: '(root)',
    children: [
      {
        name: 'f',
        allocations: [
          { sizeBytes: 8, count: 3 },
          { sizeBytes: 100, count: 2 },
        ],
      },
    ],
  });
  expect([...flatten(root).values]).toEqual([0, 0, 5, 224]);
});

/** As V8 gives `samples` sampled objects of a size, with a weight that it has rounded. */
function sampledBefore26(samples: number, sizeBytes: number) {
  return { sizeBytes, count: Math.round(samples / (1 - Math.exp(-sizeBytes / INTERVAL_BYTES))) };
}
function sampledBy26(samples: number, sizeBytes: number, liveSamples: number) {
  const weight = Math.round(1 / (1 - Math.exp(-sizeBytes / INTERVAL_BYTES)));
  return {
    allocObjects: samples * weight,
    allocSpaceBytes: samples * weight * sizeBytes,
    inuseObjects: liveSamples * weight,
    inuseSpaceBytes: liveSamples * weight * sizeBytes,
  };
}

describe.each([16_432, 131_000, 262_144, 400_000, 572_000, 576_000, 1_000_000, 2_000_000])(
  'of objects of %i bytes',
  (sizeBytes) => {
    const probability = 1 - Math.exp(-sizeBytes / INTERVAL_BYTES);
    /** In squares of the size, so that it is a small number. */
    const variance = (1 - probability) / probability ** 2;
    const valuesOf = (allocation: object) => {
      const root = v8Node({ name: '(root)', children: [{ name: 'f', allocations: [allocation] }] });
      const { values, evidence } = flattenHeapTree(root, keepAll, INTERVAL_BYTES);
      evidence[1]! /= sizeBytes ** 2;
      evidence[3]! /= sizeBytes ** 2;
      return { values: [...values], evidence: [...evidence] };
    };
    const near = (numbers: number[]) => numbers.map((number) => expect.closeTo(number, 3));

    it('each sample stands for as many as it was likely to miss, on Node 26', () => {
      const { values, evidence } = valuesOf(sampledBy26(40, sizeBytes, 10));
      const objects = 1 / probability;
      expect(values).toEqual(
        near([40 * objects, 40 * objects * sizeBytes, 10 * objects, 10 * objects * sizeBytes]),
      );
      expect(evidence).toEqual(near([40, 40 * variance, 10, 10 * variance, 0, 0]));
    });

    it('each sample stands for as many as it was likely to miss, before Node 26', () => {
      for (const samples of [1, 2, 7]) {
        const { values, evidence } = valuesOf(sampledBefore26(samples, sizeBytes));
        const objects = samples / probability;
        expect(values).toEqual(near([0, 0, objects, objects * sizeBytes]));
        expect(evidence).toEqual(near([0, 0, samples, samples * variance, 0, 0]));
      }
    });
  },
);

it('keeps what was sampled without any function', () => {
  const root = v8Node({ name: '(root)', file: '', allocations: [stats(1, 8, 1)] });
  expect(flatten(root)).toMatchObject({
    strings: ['(root)', ''],
    parent: Int32Array.of(-1),
    values: Float64Array.of(1, 8, 1, 8),
  });
});

it('leaves out everything below a file that is named', () => {
  const root = v8Node({
    name: '(root)',
    children: [
      {
        name: 'main',
        children: [
          { name: 'read', file: '/own/driver.js', children: [{ name: 'native', file: '/dep.js' }] },
          { name: 'work' },
        ],
      },
    ],
  });
  const { strings } = flatten(root, ({ scriptName }) => scriptName === '/own/driver.js');
  expect(strings.toSorted()).toEqual(['/app/app.js', 'main', 'work']);
});

it('survives a stack far deeper than our own may be', () => {
  const depth = 200_000;
  let children: HeapNode[] = [];
  for (let level = 0; level < depth; level++) {
    children = [Object.assign(v8Node({ name: 'f' }), { children })];
  }
  const root = Object.assign(v8Node({ name: '(root)' }), { children });
  const { parent } = flatten(root);
  expect(parent).toHaveLength(depth);
  expect(parent.every((above, node) => above === node - 1)).toBe(true);
});
