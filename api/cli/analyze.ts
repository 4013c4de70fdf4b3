/** `pprofql analyze FILE… [--json] [--serve]`, `pprofql analyze BASE TARGET --diff [--json]` */
import { basename } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { parseArgs } from 'node:util';
import { oneLine } from '../base/text/one-line.ts';
import { noteBeside } from '../diagnostics/black-box/store/store.ts';
import { diffFiles } from '../targets/files/difference.ts';
import { healthOfFile } from '../targets/files/health.ts';
import {
  type Analysis,
  analyzeFile,
  analyzeLargeDump,
  contentOf,
  unpackIfGzip,
} from '../targets/files/saved-file.ts';
import type { AnalyzedFile } from '../targets/files/source.ts';
import { reportOnDifference } from './difference.ts';
import { openInput } from './input/input.ts';
import { jsonPieces } from './json-pieces.ts';
import { reportOn } from './report.ts';

const USAGE = `Usage: pprofql analyze FILE… [--json] [--serve]
       pprofql analyze BASE TARGET --diff [--json]
Reads goroutine dumps and crash logs, also out of the logs they were written to, profiles in Go's formats,
Node's .cpuprofile, .heapprofile and diagnostic reports, pprofql's black boxes, and says what is in them. What a file is, is told by its content;
one that cannot be read does not keep the others from it. - stands for what is piped.
  --json   print the findings as JSON
  --diff   say what changed from BASE to TARGET: two dumps, two profiles or two reports of one kind
  --serve  open the dashboard and the API on them, on http://127.0.0.1:6060/ unless PPROFQL_PORT says otherwise`;

const EXIT_FAILED = 1;
const EXIT_USAGE = 2;
const DIFF_FILES = 2;
const LONGEST_REASON_CHARACTERS = 500;
const PRINTED_AT_ONCE = 64 * 1024;

interface RefusedFile {
  path: string;
  reason: string;
}

/** @returns the exit code; null where a server runs on */
export async function runAnalyze(args: readonly string[]): Promise<number | null> {
  const request = parse(args);
  if (request === null) {
    console.error(USAGE);
    return EXIT_USAGE;
  }
  const files: AnalyzedFile[] = [];
  const refused: RefusedFile[] = [];
  for (const path of request.paths) {
    try {
      files.push(await readSavedFile(path));
    } catch (error) {
      refused.push({ path, reason: reasonOf(error as Error) });
    }
  }
  if (request.isDiff && refused.length === 0) return printDifference(files[0]!, files[1]!, request);
  if (request.isDiff) files.length = 0;
  if (request.isJson) await printJson(toldAsJson(files, refused));
  else if (files.length > 0) console.log(toText(files));
  for (const { path, reason } of refused) console.error(`pprofql: ${path}: ${reason}`);
  const code = refused.length === 0 ? 0 : EXIT_FAILED;
  if (!request.isServing || files.length === 0) return code;
  try {
    const { serveFiles } = await import('./serve.ts');
    console.error(`pprofql: ${(await serveFiles(files)).url}`);
    // Told when the server is ended.
    process.exitCode = code;
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
        diff: { type: 'boolean', default: false },
      },
    });
    const { json: isJson, serve: isServing, diff: isDiff } = values;
    if (positionals.length === 0) return null;
    if (isDiff && (positionals.length !== DIFF_FILES || isServing)) return null;
    return { paths: positionals, isJson, isServing, isDiff };
  } catch {
    return null;
  }
}

/** @returns the exit code */
function printDifference(
  base: AnalyzedFile,
  target: AnalyzedFile,
  { isJson }: { isJson: boolean },
): number {
  try {
    const diff = diffFiles(base, target);
    console.log(isJson ? JSON.stringify(diff, null, 2) : reportOnDifference(diff).join('\n'));
    return 0;
  } catch (error) {
    console.error(`pprofql: ${reasonOf(error as Error)}`);
    return EXIT_FAILED;
  }
}

async function readSavedFile(path: string): Promise<AnalyzedFile> {
  using input = await openInput(path);
  const { name, savedAtMs, text } = input;
  const large = text === null ? null : analyzeLargeDump(text);
  if (large !== null) return { name, content: { kind: 'LARGE' }, savedAtMs, analysis: large };
  const unpacked = unpackIfGzip(input.hold());
  const content = contentOf(unpacked);
  const analysis = analyzeFile({ bytes: unpacked, content, savedAtMs });
  return { name, content, savedAtMs, analysis: withEnd(analysis, path) };
}

/** Until the next start has read it, how a run ended stands beside its black box. */
function withEnd(analysis: Analysis, path: string): Analysis {
  if (analysis.kind !== 'BLACK_BOX' || analysis.box.end !== null) return analysis;
  return { ...analysis, box: { ...analysis.box, end: noteBeside(path) } };
}

function reasonOf({ message }: Error): string {
  return oneLine(message).slice(0, LONGEST_REASON_CHARACTERS);
}

function toldAsJson(files: readonly AnalyzedFile[], refused: readonly RefusedFile[]): object[] {
  return [
    ...files.map((file) => ({ file: file.name, ...file.analysis, health: healthOfFile(file) })),
    ...refused.map(({ path, reason }) => ({ file: basename(path), kind: 'REFUSED', reason })),
  ];
}

/** No faster than it is read; `| head` may stop to read. */
async function printJson(value: unknown): Promise<void> {
  try {
    await pipeline(Readable.from(printedAtOnce(value)), process.stdout, { end: false });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPIPE') throw error;
  }
}

function* printedAtOnce(value: unknown): Generator<string> {
  let text = '';
  for (const piece of jsonPieces(value)) {
    text += piece;
    if (text.length < PRINTED_AT_ONCE) continue;
    yield text;
    text = '';
  }
  yield `${text}\n`;
}

function toText(files: readonly AnalyzedFile[]): string {
  return files.map((file) => reportOn(file).join('\n')).join('\n\n');
}
