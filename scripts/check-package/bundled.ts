/** A program that has put pprofql into its own bundle: it is told so, and runs on. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, it } from 'node:test';
import { rolldown } from 'rolldown';
import { Program } from './program.ts';

/** In the second there is no `import.meta.url`, as in a bundle of CommonJS by esbuild. */
const BUNDLES = [
  { file: 'esm.mjs', format: 'esm', define: {} },
  { file: 'cjs.cjs', format: 'cjs', define: { 'import.meta.url': 'undefined' } },
] as const;

export function describeBundled(folder: () => string, node: () => string): void {
  let dist: string;
  before(() => {
    dist = mkdtempSync(join(folder(), 'dist-'));
  });
  after(() => rmSync(dist, { recursive: true, force: true }));

  for (const { file, format, define } of BUNDLES) {
    it(`is refused in one line where it is part of a bundle, and the program runs on: ${format}`, async () => {
      const build = await rolldown({
        input: join(folder(), 'refused.mjs'),
        platform: 'node',
        transform: { define },
        logLevel: 'silent',
      });
      const path = join(dist, file);
      await build.write({ file: path, format, codeSplitting: false });
      await build.close();
      const { stdout, stderr, code } = await new Program(node(), node(), [path], {
        cwd: folder(),
      }).end();
      assert.match(stderr, /^pprofql: pprofql is part of a bundle.*--external:pprofql.*\n$/);
      assert.deepEqual({ stdout, code }, { stdout: 'UNAVAILABLE\n', code: 0 });
    });
  }
}
