import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build, type Rolldown } from 'vite';
import { expect, it } from 'vitest';

/** Bytes of minified and compressed code that a web page may have to load: 0.1.0 took 21,044. */
const GZIP_LIMIT = 21_000;

async function bundle(entry: URL): Promise<Rolldown.OutputChunk[]> {
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
  return output.filter((part) => part.type === 'chunk');
}

it('runs in a browser: a small part at once, and nothing of Node or of the server', async () => {
  const chunks = await bundle(new URL('index.ts', import.meta.url));
  const later = chunks.filter((chunk) => chunk.isDynamicEntry);
  const atOnce = chunks.filter((chunk) => !chunk.isDynamicEntry);
  const sourcesOf = (parts: Rolldown.OutputChunk[]) =>
    parts.flatMap((chunk) => Object.keys(chunk.modules));

  const sources = sourcesOf(chunks);
  expect(sources.filter((id) => /node:|browser-external/.test(id))).toEqual([]);
  // How figures are put in words is the same for all.
  expect(
    sources.filter((id) => /\/(api(?!\/base\/(?:text\/|numbers\/units\.))|schema)\//.test(id)),
  ).toEqual([]);
  expect(sources.some((id) => id.endsWith('/client/generated/gql.ts'))).toBe(false);
  // Only who asserts that nothing leaks loads what it takes.
  expect(sourcesOf(later).some((id) => id.endsWith('/leaks/expect-no-leaks.ts'))).toBe(true);

  const code = atOnce.map((chunk) => chunk.code).join('');
  const bytes = gzipSync(code, { level: 9 }).length;
  console.log(`client bundle: ${code.length} bytes minified, ${bytes} gzipped`);
  expect(bytes).toBeLessThan(GZIP_LIMIT);
});
