/**
 * Compares the schema to that of the last release. A breaking change fails unless it is listed in
 * `scripts/fixtures/accepted-schema-changes.txt`; with `--accept` that list is written.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { CriticalityLevel, diff } from '@graphql-inspector/core';
import { buildSchema } from 'graphql';

const RELEASED = new URL('../../api/targets/pprofql/testing/schema-0.1.0.graphql', import.meta.url);
const CURRENT = new URL('../../schema/schema.graphql', import.meta.url);
const ACCEPTED = new URL('../fixtures/accepted-schema-changes.txt', import.meta.url);

const schemaIn = (file: URL) => buildSchema(readFileSync(file, 'utf8'));

const changes = await diff(schemaIn(RELEASED), schemaIn(CURRENT));
const breaking = changes
  .filter(({ criticality }) => criticality.level === CriticalityLevel.Breaking)
  .map(({ message }) => message)
  .sort();

if (process.argv.includes('--accept')) {
  writeFileSync(ACCEPTED, `${breaking.join('\n')}\n`);
} else {
  const accepted = new Set(readFileSync(ACCEPTED, 'utf8').trim().split('\n'));
  const unlisted = breaking.filter((message) => !accepted.has(message));
  const obsolete = [...accepted].filter((message) => !breaking.includes(message));
  for (const message of unlisted) console.error(`breaks clients of the last release: ${message}`);
  for (const message of obsolete) console.error(`is accepted, but no change any more: ${message}`);
  if (unlisted.length + obsolete.length > 0) {
    console.error('Mend it, or accept it: node scripts/schema/schema-changes.ts --accept');
    process.exitCode = 1;
  }
}
