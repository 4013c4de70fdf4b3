import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { OWN_CORPUS, profilesOf } from '../../../scripts/testing/corpus.ts';
import { mutated, randomNumbers } from '../../../scripts/testing/mutations.ts';
import { DiagnosticsError } from '../../base/errors.ts';
import { decodeProfile } from './decode.ts';

const LARGEST_INPUT_BYTES = 64 * 1024;
const ROUNDS = 200;
/** Nearly all of them end at gzip's own checksum, in the same way. */
const GZIP_ROUNDS = 20;
const TOKENS = [
  '\x0a\x04\x08\x01\x10\x02',
  '\x12\x00',
  '\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01',
  '\x80',
  '\x0b',
];

const SEEDS = profilesOf(OWN_CORPUS)
  .map((input) => {
    const bytes = input.read();
    const isGzip = bytes[0] === 0x1f && bytes[1] === 0x8b;
    const plain = isGzip ? gunzipSync(bytes) : bytes;
    return { name: input.name, plain, gzip: isGzip ? bytes : null };
  })
  .filter(({ plain }) => plain.length > 0 && plain.length <= LARGEST_INPUT_BYTES);

/** Decodes it, or refuses it with the error that is declared; throws any other. */
function decodeOrRefuse(input: Buffer): void {
  try {
    const { sampleTypes, frames, samples } = decodeProfile(input, { maxInflatedBytes: 1024 ** 2 });
    for (const { stack, values } of samples) {
      if (values.length !== sampleTypes.length) throw new Error('a sample without all values');
      if (Array.from(stack).some((frame) => frames[frame] === undefined))
        throw new Error('a stray frame');
    }
  } catch (error) {
    if (error instanceof DiagnosticsError) return;
    throw error;
  }
}

describe('any damage to a profile', () => {
  it.each(SEEDS)('of $name is decoded, or refused with a typed error', ({ name, plain, gzip }) => {
    const random = randomNumbers(name.length);
    const damage = (form: Buffer, rounds: number) => {
      for (let round = 0; round < rounds; round++) decodeOrRefuse(mutated(form, TOKENS, random));
    };
    expect(() => damage(plain, ROUNDS)).not.toThrow();
    if (gzip !== null) expect(() => damage(gzip, GZIP_ROUNDS)).not.toThrow();
  });

  it('that cuts it off anywhere is refused or decoded, never a crash', () => {
    const smallest = SEEDS.reduce((a, b) => (a.plain.length < b.plain.length ? a : b)).plain;
    const cutAnywhere = () => {
      for (let end = 0; end <= smallest.length; end++) decodeOrRefuse(smallest.subarray(0, end));
    };
    expect(cutAnywhere).not.toThrow();
  });
});
