import { existsSync, globSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { VARIABLES } from '../../api/base/options/environment/variables.ts';
import { DEFAULTS } from '../../api/base/options/options.ts';

const ROOT = new URL('../../', import.meta.url);
const README = readFileSync(new URL('README.md', ROOT), 'utf8');
const TEXTS = globSync(['*.md', 'docs/**/*.md'], { cwd: fileURLToPath(ROOT) });
const EXAMPLES = new URL('../examples/', import.meta.url);

/** Defaults that the README puts into a word. */
const README_WORDS = new Map<unknown, string>([
  [null, 'none'],
  [true, '`on`'],
  [false, '`off`'],
]);

const formatDefault = (value: unknown) =>
  Array.isArray(value) ? JSON.stringify(value) : String(value);

describe('the README', () => {
  it.each(readdirSync(EXAMPLES))('shows %s as it is run here', (file) => {
    expect(README).toContain(readFileSync(new URL(file, EXAMPLES), 'utf8').trim());
  });

  it.each(Object.entries(DEFAULTS))(
    'has a row for the option %s with its default',
    (name, value) => {
      const row = README.split('\n').find((line) => line.startsWith(`| \`${name}\``));
      expect(row ?? '').toContain(
        `| \`${VARIABLES[name as keyof typeof VARIABLES]}\` | ${README_WORDS.get(value) ?? `\`${formatDefault(value)}\``} |`,
      );
    },
  );

  it('names every environment variable', () => {
    const table = README.split('\n').filter((line) => /^\| (?:`\w+` )?\| `PPROFQL/.test(line));
    const variables = table.map((row) => /`(PPROFQL\w*)`/.exec(row)![1]);
    expect(variables.sort()).toEqual(['PPROFQL', ...Object.values(VARIABLES)].sort());
  });
});

describe('every text', () => {
  it.each(TEXTS)('%s links only to files that are here', (text) => {
    const file = new URL(text, ROOT);
    const links = [...readFileSync(file, 'utf8').matchAll(/\]\((?!https?:|#)([^)#]+)[^)]*\)/g)];
    const missing = links
      .map(([, path]) => path!)
      .filter((path) => !existsSync(new URL(path, file)));
    expect(missing).toEqual([]);
  });
});
