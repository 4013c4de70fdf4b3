import { expect, it } from 'vitest';
import type { HeapNode } from './heap-driver.ts';
import { flattenHeapTree } from './heap-tree.ts';

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

it('adds up the object sizes of a node and drops the root', () => {
  const root = v8Node({
    name: '(root)',
    file: '',
    children: [{ name: 'f', allocations: [stats(3, 8, 1), stats(2, 100, 2)] }],
  });
  expect(flattenHeapTree(root, keepAll)).toMatchObject({
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
  expect([...flattenHeapTree(root, keepAll).values]).toEqual([0, 0, 5, 224]);
});

it('keeps what was sampled without any function', () => {
  const root = v8Node({ name: '(root)', file: '', allocations: [stats(1, 8, 1)] });
  expect(flattenHeapTree(root, keepAll)).toMatchObject({
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
  const { strings } = flattenHeapTree(root, (file) => file === '/own/driver.js');
  expect(strings.toSorted()).toEqual(['/app/app.js', 'main', 'work']);
});

it('survives a stack far deeper than our own may be', () => {
  const depth = 200_000;
  let children: HeapNode[] = [];
  for (let level = 0; level < depth; level++) {
    children = [Object.assign(v8Node({ name: 'f' }), { children })];
  }
  const root = Object.assign(v8Node({ name: '(root)' }), { children });
  const { parent } = flattenHeapTree(root, keepAll);
  expect(parent).toHaveLength(depth);
  expect(parent.every((above, node) => above === node - 1)).toBe(true);
});
