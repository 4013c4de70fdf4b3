import { describe, expect, it } from 'vitest';
import { programName } from './program-name.ts';

describe('programName', () => {
  it.each([
    [['node', '/srv/app.js', '--key', 'secret'], 'app.js'],
    [
      ['node', '--import', 'pprofql/register', '-r', 'x', '--no-warnings', 'dist/main.mjs', 'y'],
      'main.mjs',
    ],
    [['node', '-e', 'secret()'], '[eval]'],
    [['node', '--', 'app.js', 'secret'], 'app.js'],
    [['node'], 'node'],
    [['npm run dev --token secret'], 'npm run dev'],
    [['next-server (v16.1.0)'], 'next-server (v16.1.0)'],
    [['node', 'a\nb.js'], 'a�b.js'],
    [[], ''],
  ])('calls %j %s', (args, name) => {
    expect(programName(args)).toBe(name);
  });
});
