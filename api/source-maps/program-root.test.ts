import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
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

it('is the folder of the nearest package.json above the script', async () => {
  const shop = path.join(folder, 'packages/shop');
  expect(await findProgramRoot(path.join(shop, 'dist/main.js'), '/elsewhere')).toBe(shop);
  expect(await findProgramRoot(path.join(folder, 'packages/other.js'), '/elsewhere')).toBe(folder);
});

it.each([undefined, 'main.js'])('is the working directory for the script %s', async (script) => {
  expect(await findProgramRoot(script, '/work')).toBe('/work');
});
