import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { findProgramRoot } from './program-root.ts';

let folder: string;

beforeEach(() => {
  folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'pprofql-root-')));
  mkdirSync(path.join(folder, 'packages/shop/dist'), { recursive: true });
  writeFileSync(path.join(folder, 'package.json'), '{}');
  writeFileSync(path.join(folder, 'packages/shop/package.json'), '{}');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it('is the folder of the nearest package.json above the script', () => {
  const shop = path.join(folder, 'packages/shop');
  expect(findProgramRoot(path.join(shop, 'dist/main.js'), '/elsewhere')).toBe(shop);
  expect(findProgramRoot(path.join(folder, 'packages/other.js'), '/elsewhere')).toBe(folder);
});

it('is where a link to the script leads, as in stacks', () => {
  symlinkSync(path.join(folder, 'packages/shop'), path.join(folder, 'current'));
  writeFileSync(path.join(folder, 'packages/shop/main.js'), '');
  const root = findProgramRoot(path.join(folder, 'current/main.js'), '/elsewhere');
  expect(root).toBe(path.join(folder, 'packages/shop'));
});

it('is the working directory for the script of an installed tool', () => {
  const tool = path.join(folder, 'node_modules/tool/bin.js');
  mkdirSync(path.dirname(tool), { recursive: true });
  writeFileSync(path.join(path.dirname(tool), 'package.json'), '{}');
  expect(findProgramRoot(tool, '/work')).toBe('/work');
});

it.each([undefined, 'main.js'])('is the working directory for the script %s', (script) => {
  expect(findProgramRoot(script, '/work')).toBe('/work');
});
