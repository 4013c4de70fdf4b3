/** Inputs with reference answers for tests and benchmarks: the project's own, and a larger set where there is one. */
import { existsSync, globSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';

/** The copy that comes with the project. */
export const OWN_CORPUS = fileURLToPath(new URL('../fixtures/corpus', import.meta.url));

/** A larger one, at `PPROFQL_CORPUS` or beside the repository. */
const LARGE_CORPUS =
  process.env.PPROFQL_CORPUS ?? fileURLToPath(new URL('../../../shared/corpus', import.meta.url));

export interface CorpusInput {
  /** Path within its corpus, without the `.gz` of storage. */
  name: string;
  read(): Buffer;
  /** The reference answer; null where there is none. */
  golden<Answer>(): Answer | null;
}

/** The large corpus' folder, or null where it is not installed. */
export function largeCorpus(): string | null {
  return existsSync(LARGE_CORPUS) ? LARGE_CORPUS : null;
}

/** Those that are not the same in the project's own corpus, which tests have been through already. */
export function beyond(own: readonly CorpusInput[], inputs: readonly CorpusInput[]): CorpusInput[] {
  const byName = new Map(own.map((input) => [input.name, input]));
  return inputs.filter((input) => !byName.get(input.name)?.read().equals(input.read()));
}

/** Goroutine dumps: text, gzipped for storage or not. */
export function dumpsOf(corpus: string): CorpusInput[] {
  return globSync('{goroutines,adversarial/goroutines,thirdparty/goroutines}/**/*.txt{,.gz}', {
    cwd: corpus,
  })
    .sort()
    .map((path) => inputAt(corpus, path, path.endsWith('.gz')));
}

/** Profiles and what was taken for some; the `.gz` of a profile is a part of it. */
export function profilesOf(corpus: string): CorpusInput[] {
  const stored = globSync(
    ['adversarial/heap/*.bin{,.gz}', 'heap/**/*.pb.gz', 'thirdparty/profiles/*/*'],
    {
      cwd: corpus,
    },
  );
  return stored
    .filter((path) => !path.includes('.golden.json'))
    .sort()
    .map((path) => inputAt(corpus, path, isStoredGzipped(path)));
}

function isStoredGzipped(path: string): boolean {
  return path.endsWith('.gz') && !path.endsWith('.pb.gz');
}

function inputAt(corpus: string, path: string, isGzipped: boolean): CorpusInput {
  const name = isGzipped ? path.slice(0, -'.gz'.length) : path;
  return {
    name,
    read: () => readStored(join(corpus, path), isGzipped),
    golden<Answer>() {
      const file = goldenOf(corpus, name);
      if (file === null) return null;
      return JSON.parse(readStored(file, file.endsWith('.gz')).toString()) as Answer;
    },
  };
}

function readStored(file: string, isGzipped: boolean): Buffer {
  const bytes = readFileSync(file);
  return isGzipped ? gunzipSync(bytes) : bytes;
}

/** `X.golden.json` stands beside `X` or takes the place of its extension. */
function goldenOf(corpus: string, name: string): string | null {
  const stems = [name, name.replace(/\.[a-z]+$/, '')];
  const files = stems.flatMap((stem) => [`${stem}.golden.json`, `${stem}.golden.json.gz`]);
  return files.map((file) => join(corpus, file)).find((file) => existsSync(file)) ?? null;
}

/** What `CASES.json` of the adversarial dumps says of each: the true count of goroutines. */
export function trueGoroutines(corpus: string): Map<string, number> {
  const folder = join(corpus, 'adversarial/goroutines');
  const cases = JSON.parse(readFileSync(join(folder, 'CASES.json'), 'utf8')) as {
    name: string;
    true_goroutines: number;
  }[];
  const path = relative(corpus, folder);
  return new Map(cases.map((entry) => [`${path}/${entry.name}.txt`, entry.true_goroutines]));
}
