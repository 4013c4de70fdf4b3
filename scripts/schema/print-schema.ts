/**
 * Writes `schema/schema.graphql`, and out of it the fragment with every metric of the history, so that
 * no client forgets one. With `--check` fails when a committed file is stale.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { type GraphQLSchema, isObjectType, lexicographicSortSchema, printSchema } from 'graphql';
import { schema } from '../../schema/index.ts';

const files: Record<string, string> = {
  'schema/schema.graphql': `${printSchema(lexicographicSortSchema(schema))}\n`,
  'client/operations/history/history-point.graphql': wholeFragment(schema, 'HistoryPoint'),
};

/** Every field of a type whose fields are all single values, but for the deprecated ones. */
function wholeFragment(from: GraphQLSchema, name: string): string {
  const type = from.getType(name);
  if (!isObjectType(type)) throw new Error(`the schema has no object ${name}`);
  const fields = Object.values(type.getFields()).filter((field) => field.deprecationReason == null);
  return [
    '# Written by `npm run codegen`: every field that is not deprecated.',
    `fragment ${name} on ${name} {`,
    ...fields.map((field) => `  ${field.name}`),
    '}\n',
  ].join('\n');
}

for (const [path, text] of Object.entries(files)) {
  const file = new URL(`../../${path}`, import.meta.url);
  if (!process.argv.includes('--check')) {
    writeFileSync(file, text);
  } else if (readFileSync(file, 'utf8') !== text) {
    console.error(`${path} is stale: run \`npm run codegen\`.`);
    process.exitCode = 1;
  }
}
