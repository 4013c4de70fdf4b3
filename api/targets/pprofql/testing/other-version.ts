/** A pprofql of another version: its schema, and answers as it gave them. */
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buildSchema, parse, print, visit } from 'graphql';
import { createYoga, type Plugin } from 'graphql-yoga';
import { onTestFinished } from 'vitest';
import recorded from './answers-0.1.0.json' with { type: 'json' };

export const SCHEMA_OF_0_1_0 = readFileSync(
  new URL('./schema-0.1.0.graphql', import.meta.url),
  'utf8',
);
/** What a pprofql 0.1.0 answered of a small program that keeps carts and was once blocked. */
export const ANSWERS_OF_0_1_0 = recorded;

/**
 * The schema of 0.1.0 without these fields and arguments.
 * @example `schemaWithout('Frame.path', 'Query.goroutines.raw')`
 */
export function schemaWithout(...names: readonly string[]): string {
  const left = new Set(names);
  const schema = visit(parse(SCHEMA_OF_0_1_0), {
    ObjectTypeDefinition: (type) => ({
      ...type,
      fields: type.fields
        ?.filter((field) => !left.delete(`${type.name.value}.${field.name.value}`))
        .map((field) => ({
          ...field,
          arguments: field.arguments?.filter(
            ({ name }) => !left.delete(`${type.name.value}.${field.name.value}.${name.value}`),
          ),
        })),
    }),
  });
  if (left.size > 0) throw new Error(`0.1.0 has no ${[...left].join(', ')}`);
  return print(schema);
}

export interface OtherVersion {
  url: string;
  /** Every document that it was asked, also those that it refused. */
  documents: string[];
  /** From now on it is this version. */
  become(next: OtherVersionOptions): void;
}

export interface OtherVersionOptions {
  /** @default that of 0.1.0 */
  schema?: string;
  /** Root fields that differ from those recorded. */
  answers?: Readonly<Record<string, unknown>>;
}

export async function serveOtherVersion(first: OtherVersionOptions = {}): Promise<OtherVersion> {
  const documents: string[] = [];
  const versionOf = ({ schema = SCHEMA_OF_0_1_0, answers = {} }: OtherVersionOptions) => ({
    schema: buildSchema(schema),
    rootValue: { ...ANSWERS_OF_0_1_0, ...answers },
  });
  let version = versionOf(first);
  const plugin: Plugin = {
    onParams({ params }) {
      documents.push(params.query ?? '');
    },
    onValidate:
      () =>
      ({ result }) => {
        // As its own server says it.
        for (const { extensions } of result) extensions.code = 'GRAPHQL_VALIDATION_FAILED';
      },
    onExecute({ args }) {
      args.rootValue = version.rootValue;
    },
  };
  const yoga = createYoga({ schema: () => version.schema, plugins: [plugin], logging: false });
  const server = createServer(yoga);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    documents,
    become(next) {
      version = versionOf(next);
    },
  };
}
