import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build, type Rolldown } from 'vite';
import { expect, it } from 'vitest';

/** Bytes of the minified and compressed bundle that a web page may have to load. */
const GZIP_LIMIT = 24_000;

async function bundle(entry: URL): Promise<Rolldown.OutputChunk> {
  const result = await build({
    configFile: false,
    logLevel: 'silent',
    define: { 'process.env.NODE_ENV': '"production"' },
    build: {
      write: false,
      modulePreload: false,
      rolldownOptions: { input: fileURLToPath(entry), preserveEntrySignatures: 'strict' },
    },
  });
  const { output } = result as Rolldown.RolldownOutput;
  expect(output).toHaveLength(1);
  return output[0];
}

it('runs in a browser: one small file, nothing of Node and nothing of the server', async () => {
  const chunk = await bundle(new URL('index.ts', import.meta.url));
  expect(chunk.imports).toEqual([]);
  expect(chunk.dynamicImports).toEqual([]);

  const sources = Object.keys(chunk.modules);
  expect(sources.filter((id) => /node:|browser-external/.test(id))).toEqual([]);
  expect(sources.filter((id) => /\/(api|schema)\//.test(id))).toEqual([]);
  expect(sources.some((id) => id.endsWith('/client/generated/gql.ts'))).toBe(false);

  const bytes = gzipSync(chunk.code, { level: 9 }).length;
  console.log(`client bundle: ${chunk.code.length} bytes minified, ${bytes} gzipped`);
  expect(bytes).toBeLessThan(GZIP_LIMIT);
});
