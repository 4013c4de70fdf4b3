/**
 * Writes `schema/schema.graphql`, and out of it the fragments with every metric of the history and every
 * figure of an allocation, so that nobody who asks forgets one. With `--check` fails when a committed file is stale.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import {
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  isObjectType,
  lexicographicSortSchema,
  printSchema,
} from 'graphql';
import { schema } from '../../schema/index.ts';

type Field = GraphQLField<unknown, unknown>;

const files: Record<string, string> = {
  'schema/schema.graphql': `${printSchema(lexicographicSortSchema(schema))}\n`,
  'client/operations/history/history-point.graphql': wholeFragment(
    'HistoryPoint',
    objectOf(schema, 'HistoryPoint'),
    () => true,
  ),
  'client/operations/pprof/allocation-figures.graphql': wholeFragment(
    'AllocationFigures',
    objectOf(schema, 'AllocationInfo'),
    isFigure,
  ),
};

function objectOf(from: GraphQLSchema, name: string): GraphQLObjectType {
  const type = from.getType(name);
  if (!isObjectType(type)) throw new Error(`the schema has no object ${name}`);
  return type;
}

/** A number of the row itself: not the line of the place that it is about. */
function isFigure({ name, type }: Field, of: GraphQLObjectType): boolean {
  const isNumber = ['Int', 'Float'].includes(getNamedType(type).name);
  return isNumber && !of.getInterfaces().some((each) => name in each.getFields());
}

/** Every such field, all of which are single values, but for the deprecated ones. */
function wholeFragment(
  name: string,
  type: GraphQLObjectType,
  isMeant: (field: Field, of: GraphQLObjectType) => boolean,
): string {
  const fields = Object.values(type.getFields()).filter(
    (field) => field.deprecationReason == null && isMeant(field, type),
  );
  return [
    '# Written by `npm run codegen`: every field that is not deprecated.',
    `fragment ${name} on ${type.name} {`,
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
