/** `pprofql analyze FILE… [--json] [--serve]` */
import { readFile, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { parseArgs } from 'node:util';
import { DiagnosticsError } from '../errors.ts';
import type { AnalyzedFile } from './file-source.ts';
import { reportOn } from './report.ts';
import { analyzeFile, unpackIfGzip } from './saved-file.ts';

const USAGE = `Usage: pprofql analyze FILE… [--json] [--serve]
Reads goroutine dumps, crash logs, heap and CPU profiles of Go and of other programs in Go's formats,
and says what is in them. What a file is, is told by its content.
  --json   print the findings as JSON
  --serve  open the dashboard and the API on them, on http://127.0.0.1:6060/ unless PPROFQL_PORT says otherwise`;

const EXIT_FAILED = 1;
const EXIT_USAGE = 2;
/** Read whole: larger files are not what is meant. */
const MAX_FILE_BYTES = 512 * 1024 ** 2;

/** @returns the exit code; null where a server runs on */
export async function runAnalyze(args: readonly string[]): Promise<number | null> {
  const request = parse(args);
  if (request === null) {
    console.error(USAGE);
    return EXIT_USAGE;
  }
  try {
    const files: AnalyzedFile[] = [];
    for (const path of request.paths) files.push(await readSavedFile(path));
    console.log(request.isJson ? toJson(files) : toText(files));
    if (!request.isServing) return 0;
    const { serveFiles } = await import('./serve.ts');
    console.error(`pprofql: ${(await serveFiles(files)).url}`);
    return null;
  } catch (error) {
    console.error(`pprofql: ${(error as Error).message}`);
    return EXIT_FAILED;
  }
}

function parse(args: readonly string[]) {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        json: { type: 'boolean', default: false },
        serve: { type: 'boolean', default: false },
      },
    });
    if (positionals.length === 0) return null;
    return { paths: positionals, isJson: values.json, isServing: values.serve };
  } catch {
    return null;
  }
}

async function readSavedFile(path: string): Promise<AnalyzedFile> {
  try {
    const { mtimeMs, size } = await stat(path);
    if (size > MAX_FILE_BYTES) {
      throw new DiagnosticsError('LIMIT_EXCEEDED', `larger than ${MAX_FILE_BYTES} bytes`);
    }
    const bytes = unpackIfGzip(await readFile(path));
    const analysis = analyzeFile({ bytes, savedAtMs: mtimeMs });
    return { name: basename(path), bytes, savedAtMs: mtimeMs, analysis };
  } catch (error) {
    throw new DiagnosticsError('INVALID_INPUT', `${path}: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

function toJson(files: readonly AnalyzedFile[]): string {
  return JSON.stringify(
    files.map(({ name, analysis }) => ({ file: name, ...analysis })),
    null,
    2,
  );
}

function toText(files: readonly AnalyzedFile[]): string {
  return files.map(({ name, analysis }) => reportOn(name, analysis).join('\n')).join('\n\n');
}
