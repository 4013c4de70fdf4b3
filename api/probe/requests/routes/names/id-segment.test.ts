import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { isIdSegment } from './id-segment.ts';

const ALPHABETS = {
  nanoid: { characters: '0-9A-Za-z_-', length: 21 },
  ulid: { characters: '0-9A-HJKMNP-TV-Z', length: 26 },
  cuid2: { characters: '0-9a-z', length: 24 },
  ksuid: { characters: '0-9A-Za-z', length: 27 },
};

/** All characters of a class such as `0-9a-f`. */
function charactersOf(classText: string): string[] {
  const pattern = new RegExp(`[${classText}]`);
  const ascii = Array.from({ length: 128 }, (_, code) => String.fromCharCode(code));
  return ascii.filter((character) => pattern.test(character));
}

/** The same for every run: bytes of hashes in place of chance. */
function* tokens({ characters, length }: { characters: string; length: number }, count: number) {
  const alphabet = charactersOf(characters);
  for (let token = 0; token < count; token++) {
    const bytes = createHash('sha512').update(`${characters} ${token}`).digest();
    yield Array.from({ length }, (_, at) => alphabet[bytes[at]! % alphabet.length]!).join('');
  }
}

describe('isIdSegment', () => {
  it.each([
    '42',
    '1,2,3',
    '2026-01-31',
    '-5',
    '52.520008',
    '-0.1276,51.5',
    '1,2.5',
    '0f8fad5b-d9cb-469f-a165-70867728950e',
    '0F8FAD5B-D9CB-469F-A165-70867728950E',
    '0f8fad5bd9cb469fa16570867728950e',
    '507f1f77bcf86cd799439011',
    '9f1c0a77',
    '0x52908400098527886E0F7030069857D2E4169EE7',
    '01ARZ3NDEKTSV4RRFFQ69G5FAV',
    'cjld2cjxh0000qzrmn831i7rn',
    'tz4a98xxat96iws9zmbrgj3a',
    'V1StGXR8_Z5jdHi6B-myT',
    '2VmzCmYeVLVGR8l1ZUkgNg1IZTv',
    'cus_9s6XKzkNRiz8i3',
    'user_01H8MECHZX3TBDSZ7XRADM79XE',
    'dGhpcyBpcyBhIHRlc3QgdG9rZW4',
    'aGVsbG8gd29ybGQ%3D',
    'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl',
    'ada@example.com',
    'urn:uuid:3f2504e0-4f89-11d3-9a0c-0305e82c3301',
    'id=550e8400-e29b-41d4-a716-446655440000',
    'sha256:9f86d081884c7d659a2feaa0c55ad015',
    'AKIAIOSFODNN7EXAMPLE',
    '9b2e7c1',
    '0x1f4b',
    '00:1B:44:11:3A:B7',
    '2001:db8::8a2e:370:7334',
    '192.168.1.17',
    '1_000',
    'INV-2026-000123',
    '2026-11-28T10:00:00Z',
    '2026-11-28T10:00:00.123+01:00',
    randomUUID(),
    randomBytes(12).toString('hex'),
  ])('sees an id in %s', (segment) => {
    expect(isIdSegment(segment)).toBe(true);
  });

  it.each([
    '',
    'users',
    'v2',
    '1.1',
    '1.0.25',
    '2026.1',
    '-',
    '2fa',
    'facade',
    'facade2',
    'decade',
    'messages:batchGet',
    'sort=name',
    '1.2.0-beta',
    'oauth2callback',
    'utf8-to-utf16-and-es2015',
    '10x-faster-in-2026-with-web3',
    'how-to-write-a-good-commit-message',
    'getUserProfileById',
    'listAPIKeysForOrgID',
    'listS3BucketsByTag',
    'INTERNATIONALIZATION',
    'internationalization',
    'terms_of_service_2026',
    'index.html',
    'well-known',
    '@types',
    '%E4%BD%A0%E5%A5%BD',
    ':id',
  ])('sees none in %j', (segment) => {
    expect(isIdSegment(segment)).toBe(false);
  });

  it.each(Object.entries(ALPHABETS))(
    'sees 98 of 100 of %s, whatever chance made',
    (_name, kind) => {
      const all = [...tokens(kind, 2_000)];
      const missed = all.filter((token) => !isIdSegment(token));
      expect(missed.length).toBeLessThan(all.length * 0.02);
    },
  );
});
