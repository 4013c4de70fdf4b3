/** What the commands are given to read: a file, or what is piped to them. */
import { open } from 'node:fs/promises';
import { basename } from 'node:path';
import { DiagnosticsError } from '../base/errors.ts';
import { GrowingBytes } from './growing-bytes.ts';

export interface Input {
  name: string;
  bytes: Buffer;
  /** Milliseconds since the epoch; of what is piped, when it had been read. */
  savedAtMs: number;
}

/** Stands for what is piped. */
const STANDARD_INPUT = '-';
/** It is read whole, and places in it are counted in 32 bits: 2 GiB. */
const MOST_BYTES = 2 ** 31 - 1;

/** @throws DiagnosticsError `INVALID_INPUT` for a folder, `LIMIT_EXCEEDED` beyond 2 GiB; and as Node's `open` */
export async function readInput(path: string): Promise<Input> {
  return path === STANDARD_INPUT ? await readPiped() : await readFile(path);
}

async function readFile(path: string): Promise<Input> {
  await using file = await open(path);
  const stats = await file.stat();
  if (stats.isDirectory()) {
    throw new DiagnosticsError('INVALID_INPUT', 'this is a folder; name the files in it');
  }
  const input = { name: basename(path), savedAtMs: stats.mtimeMs };
  // A pipe has no size: `pprofql analyze <(kubectl logs …)`.
  if (!stats.isFile()) return { ...input, bytes: await collect(file.createReadStream()) };
  if (stats.size > MOST_BYTES) throw tooLarge();
  // At once in the one place where it stays: Node's own way takes twice the memory.
  const bytes = Buffer.allocUnsafe(stats.size);
  let length = 0;
  while (length < bytes.length) {
    const { bytesRead } = await file.read(bytes, length);
    if (bytesRead === 0) break;
    length += bytesRead;
  }
  return { ...input, bytes: bytes.subarray(0, length) };
}

async function readPiped(): Promise<Input> {
  return { name: 'stdin', bytes: await collect(process.stdin), savedAtMs: Date.now() };
}

async function collect(stream: AsyncIterable<Buffer>): Promise<Buffer> {
  const bytes = new GrowingBytes(MOST_BYTES);
  for await (const chunk of stream) {
    if (bytes.length + chunk.length > MOST_BYTES) throw tooLarge();
    bytes.add(chunk);
  }
  return bytes.finish();
}

function tooLarge(): DiagnosticsError {
  return new DiagnosticsError('LIMIT_EXCEEDED', `larger than ${MOST_BYTES} bytes`);
}
