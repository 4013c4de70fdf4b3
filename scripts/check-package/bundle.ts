/** How much of a web page the client takes. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'vite';
import root from '../../package.json' with { type: 'json' };

/** 0.1.0 took 21,044. What only tests and reports need is not counted: it comes when it is asked for. */
const LARGEST_BUNDLE_BYTES = 21_000;

export function describeBundle(consumerFolder: () => string): void {
  it('adds no more to a web page than 0.1.0 did', async () => {
    const client = new URL(
      `node_modules/${root.name}/${root.exports['./client'].replace(/\.ts$/, '.js')}`,
      `file://${consumerFolder()}/`,
    );
    const bundle = await build({
      root: consumerFolder(),
      configFile: false,
      logLevel: 'silent',
      build: {
        write: false,
        modulePreload: false,
        rolldownOptions: { input: fileURLToPath(client), preserveEntrySignatures: 'strict' },
      },
    });
    // Vite has said production here, which is no matter of the programs that are started next.
    delete process.env.NODE_ENV;
    assert.ok('output' in bundle);
    const code = bundle.output
      .filter((chunk) => chunk.type === 'chunk' && !chunk.isDynamicEntry)
      .map((chunk) => ('code' in chunk ? chunk.code : ''))
      .join('');
    const bytes = gzipSync(code, { level: 9 }).length;
    assert.ok(bytes <= LARGEST_BUNDLE_BYTES, `${bytes} bytes, compressed`);
  });
}
