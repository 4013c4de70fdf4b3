/** What the commands are given to read: a file, or what is piped to them. */
import { closeSync, createReadStream, fstatSync, openSync } from 'node:fs';
import { basename } from 'node:path';
import { DiagnosticsError } from '../../base/errors.ts';
import { FileText } from './file-text.ts';
import { PipedBytes } from './piped-bytes.ts';

export interface Input {
  name: string;
  /** Milliseconds since the epoch; of what is piped, when it had been read. */
  savedAtMs: number;
  /** To be read piece by piece, as what is large is; null where it is not. */
  text: FileText | null;
  /** All of it. @throws DiagnosticsError `LIMIT_EXCEEDED` beyond 2 GiB */
  hold(): Buffer;
  [Symbol.dispose](): void;
}

/** Stands for what is piped. */
const STANDARD_INPUT = '-';
/** Places in what is held are counted in 32 bits: 2 GiB. */
const MOST_HELD_BYTES = 2 ** 31 - 1;
const LARGE_FROM_BYTES = 64 * 1024 ** 2;

const WORDS_OF_ERRORS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  ENOTDIR: 'there is no such file',
  EACCES: 'this user may not read it',
  EPERM: 'this user may not read it',
};

/** @throws DiagnosticsError `INVALID_INPUT` for a folder and where there is no file, `LIMIT_EXCEEDED`; and as Node's `openSync` */
export async function openInput(path: string): Promise<Input> {
  if (path === STANDARD_INPUT) {
    return { ...(await piped(process.stdin)), name: 'stdin', savedAtMs: Date.now() };
  }
  const file = openToRead(path);
  const stats = fstatSync(file);
  const named = { name: basename(path), savedAtMs: stats.mtimeMs };
  if (stats.isFile()) return { ...inFile(file, stats.size), ...named };
  if (stats.isDirectory()) {
    closeSync(file);
    throw new DiagnosticsError('INVALID_INPUT', 'this is a folder; name the files in it');
  }
  // A pipe has no size: `pprofql analyze <(kubectl logs …)`.
  return { ...(await piped(createReadStream(path, { fd: file }))), ...named };
}

function openToRead(path: string): number {
  try {
    return openSync(path, 'r');
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    const words = Object.hasOwn(WORDS_OF_ERRORS, code) ? WORDS_OF_ERRORS[code] : undefined;
    if (words === undefined) throw error;
    throw new DiagnosticsError('INVALID_INPUT', words, { cause: error });
  }
}

type Bytes = Omit<Input, 'name' | 'savedAtMs'>;

async function piped(stream: AsyncIterable<Buffer>): Promise<Bytes> {
  const bytes = new PipedBytes({ heldBytes: LARGE_FROM_BYTES, mostBytes: MOST_HELD_BYTES });
  for await (const chunk of stream) bytes.add(chunk);
  if (bytes.file !== null) return inFile(bytes.file, bytes.size);
  return { text: null, hold: () => bytes.finish(), [Symbol.dispose]() {} };
}

function inFile(file: number, size: number): Bytes {
  const text = new FileText(file, size);
  return {
    text: size > LARGE_FROM_BYTES ? text : null,
    hold() {
      if (size > MOST_HELD_BYTES) {
        throw new DiagnosticsError('LIMIT_EXCEEDED', `larger than ${MOST_HELD_BYTES} bytes`);
      }
      return text.hold();
    },
    [Symbol.dispose]: () => closeSync(file),
  };
}
