/**
 * Joins the compiled modules of `api/` and `schema/` into few files. A program waits for those that observe it
 * before its first line, and each takes Node about half a millisecond to find, read and link. The modules of
 * `client/` stay single, so that a web page's bundler leaves out what the page does not use.
 */
import { globSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, posix, resolve, sep } from 'node:path';
import { type Plugin, rolldown } from 'rolldown';

/** Those that are started by their name. */
const ENTRY_POINTS = [
  'api/index',
  'api/register',
  'api/attached',
  'api/cli',
  'api/sidecar/sidecar',
  'api/sidecar/serving',
  'api/server/graphql/graphql',
  'api/heap-snapshot/worker',
  'api/targets/decoding/worker',
];
/** Runs in every thread of the program, most of which have nothing more to do with us. */
const PRELOAD = ['api/register'];
const OBSERVED_THREAD = ['api/start', 'api/targets/children/place'];
const SIDECAR = ['api/sidecar/sidecar', 'api/sidecar/serving'];

/** @param folder with the compiled package, whose modules are replaced; its declarations are not */
export async function bundleApi(folder: string): Promise<void> {
  const fileOf = (module: string) => join(folder, `${module}.js`);
  const pathOf = (file: string) => file.slice(folder.length).replaceAll(sep, posix.sep);
  const groups = threadGroups((file) => pathOf(file).replace(/\.js$/, ''));
  const build = await rolldown({
    input: Object.fromEntries(ENTRY_POINTS.map((entry) => [entry, fileOf(entry)])),
    platform: 'node',
    external: isPackage,
    plugins: [leaveClient(pathOf), keepPlaces(pathOf), groups.plugin],
    logLevel: 'warn',
  });
  const bundle = await build.generate({
    format: 'esm',
    entryFileNames: '[name].js',
    chunkFileNames: 'api/shared/[name]-[hash].js',
    codeSplitting: { groups: groups.groups },
  });
  await build.close();
  const ofClient = await modulesOfClient(folder);
  for (const file of globSync('{api,schema}/**/*.js', { cwd: folder })) {
    if (!ofClient.has(join(folder, file))) rmSync(join(folder, file));
  }
  mkdirSync(join(folder, 'api/shared'), { recursive: true });
  for (const chunk of bundle.output) {
    if (chunk.type === 'chunk') writeFileSync(join(folder, chunk.fileName), chunk.code);
  }
}

/** Each thread of a program loads all that it needs from its start on as one file, and what it shares as another. */
function threadGroups(moduleOf: (file: string) => string) {
  const loadedBy = {
    preload: new Set<string>(),
    observed: new Set<string>(),
    sidecar: new Set<string>(),
  };
  const plugin: Plugin = {
    name: 'find what each thread loads from its start on',
    buildEnd() {
      const files = new Map([...this.getModuleIds()].map((file) => [moduleOf(file), file]));
      const follow = (entries: readonly string[], into: Set<string>) => {
        const open = entries.map((entry) => files.get(entry)!);
        for (let file = open.pop(); file !== undefined; file = open.pop()) {
          if (into.has(file)) continue;
          into.add(file);
          open.push(...(this.getModuleInfo(file)?.importedIds ?? []));
        }
      };
      follow(PRELOAD, loadedBy.preload);
      follow(OBSERVED_THREAD, loadedBy.observed);
      follow(SIDECAR, loadedBy.sidecar);
    },
  };
  const group = (name: string, isMeant: (file: string) => boolean) => ({
    name,
    test: (file: string) => isMeant(file) && !ENTRY_POINTS.includes(moduleOf(file)),
  });
  const { preload, observed, sidecar } = loadedBy;
  return {
    plugin,
    groups: [
      group('preload', (file) => preload.has(file)),
      group('both-threads', (file) => observed.has(file) && sidecar.has(file)),
      group('observed-thread', (file) => observed.has(file)),
    ],
  };
}

/** Its modules are loaded from where they are; rolldown itself names them from the wrong folder, by one. */
function leaveClient(pathOf: (file: string) => string): Plugin {
  const MARK = 'left:';
  return {
    name: 'leave the client',
    resolveId(source, importer) {
      if (importer === undefined || isPackage(source)) return null;
      const path = pathOf(resolve(dirname(importer), source));
      return path.startsWith('client/') ? { id: MARK + path, external: true } : null;
    },
    renderChunk: (code, { fileName }) =>
      code.replace(new RegExp(`"${MARK}([^"]*)"`, 'g'), (_, path: string) =>
        JSON.stringify(posix.relative(posix.dirname(fileName), path)),
      ),
  };
}

/** Modules look for files beside themselves: each goes on to see the place where it was compiled to. */
function keepPlaces(pathOf: (file: string) => string): Plugin {
  const MARK = '__compiledTo';
  return {
    name: 'keep places',
    transform: (code, file) =>
      code.replaceAll('import.meta.url', `${MARK}(${JSON.stringify(pathOf(file))})`),
    renderChunk: (code, { fileName }) =>
      code.replace(new RegExp(`${MARK}\\("([^"]*)"\\)`, 'g'), (_, path: string) => {
        const place = posix.relative(posix.dirname(fileName), path);
        // Where somebody makes a bundle of CommonJS of it, there is none.
        return `(import.meta.url && new URL(${JSON.stringify(place)}, import.meta.url).href)`;
      }),
  };
}

/** Those of `api/` too that it is built on. */
async function modulesOfClient(folder: string): Promise<Set<string>> {
  const input = globSync('client/**/*.js', { cwd: folder, exclude: ['client/dashboard/**'] });
  const build = await rolldown({
    input: input.map((file) => join(folder, file)),
    platform: 'node',
    external: isPackage,
  });
  const { output } = await build.generate({});
  await build.close();
  return new Set(output.flatMap((chunk) => (chunk.type === 'chunk' ? chunk.moduleIds : [])));
}

const isPackage = (id: string): boolean => !/^(\.|\/|[A-Z]:)/i.test(id);
