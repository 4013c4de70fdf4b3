/** Writes `schema/schema.graphql`; with `--check` fails when the committed file is stale. */
import { readFileSync, writeFileSync } from 'node:fs';
import { lexicographicSortSchema, printSchema } from 'graphql';
import { schema } from '../schema/index.ts';

const file = new URL('../schema/schema.graphql', import.meta.url);
const printed = `${printSchema(lexicographicSortSchema(schema))}\n`;

if (process.argv.includes('--check')) {
  if (readFileSync(file, 'utf8') !== printed) {
    console.error('schema/schema.graphql is stale: run `npm run codegen`.');
    process.exitCode = 1;
  }
} else {
  writeFileSync(file, printed);
}
