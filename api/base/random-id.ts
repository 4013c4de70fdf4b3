/**
 * Names that nobody else has. `node:crypto` takes some 10 ms to load, which the start of a program would wait
 * for; where the system gives random bytes as a file, nothing needs to be loaded.
 */
import { Buffer } from 'node:buffer';
import { closeSync, openSync, readSync } from 'node:fs';
import { getBuiltinModule } from './builtins.ts';

const SOURCE = '/dev/urandom';
const UUID_BYTES = 16;
const UUID = /^(.{8})(.{4}).(.{3}).(.{3})(.{12})$/;

/** Two hexadecimal digits a byte. */
export function randomHex(bytes: number): string {
  return randomBytes(bytes).toString('hex');
}

/** A UUID of random bits (version 4). */
export function randomId(): string {
  return randomHex(UUID_BYTES).replace(UUID, '$1-$2-4$3-a$4-$5');
}

function randomBytes(count: number): Buffer {
  const bytes = readSource(count);
  if (bytes !== null) return bytes;
  const crypto = getBuiltinModule('node:crypto') as typeof import('node:crypto');
  return crypto.randomBytes(count);
}

/** Null where there is no such file, as on Windows, or where the program may not read it. */
function readSource(count: number): Buffer | null {
  try {
    const file = openSync(SOURCE, 'r');
    try {
      const bytes = Buffer.alloc(count);
      return readSync(file, bytes, 0, count, null) === count ? bytes : null;
    } finally {
      closeSync(file);
    }
  } catch {
    return null;
  }
}
