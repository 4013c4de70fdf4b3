/** What a TypeScript consumer sees: checked strictly, our declarations included. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { it } from 'node:test';
import { fileURLToPath } from 'node:url';

const TSC = fileURLToPath(new URL('../../node_modules/typescript/bin/tsc', import.meta.url));

export function describeTypes(consumerFolder: () => string): void {
  for (const resolution of ['nodenext', 'bundler']) {
    it(`has types that hold with ${resolution} resolution`, () => {
      const tsc = [TSC, '--project', `tsconfig.${resolution}.json`, '--listFiles'];
      const { status, stdout } = spawnSync(process.execPath, tsc, {
        cwd: consumerFolder(),
        encoding: 'utf8',
      });
      const lines = stdout.split('\n');
      assert.equal(status, 0, lines.filter((line) => line.includes('error')).join('\n'));
      // How the schema is built is nobody's type.
      assert.deepEqual(
        lines.filter((file) => /@pothos|pprofql\/schema\//.test(file)),
        [],
      );
    });
  }
}
