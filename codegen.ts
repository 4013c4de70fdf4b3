/** `schema/schema.graphql` + `*.graphql` operations → typed documents, for the SDK, the dashboard and the asking of another pprofql. */
import { globSync, readFileSync } from 'node:fs';
import type { CodegenConfig } from '@graphql-codegen/cli';
import { preset as clientPreset } from '@graphql-codegen/client-preset';
import {
  buildSchema,
  type DocumentNode,
  getNamedType,
  Kind,
  parse,
  print,
  stripIgnoredCharacters,
  TypeInfo,
  visit,
  visitWithTypeInfo,
} from 'graphql';

const SCHEMA = 'schema/schema.graphql';
/** Written by `scripts/schema/print-schema.ts`, for all who ask. */
const WHOLE_FRAGMENTS = [
  'client/operations/history/history-point.graphql',
  'client/operations/pprof/allocation-figures.graphql',
];

const documentsPlugin = 'typed-document-node';
/** How it writes a document as text: an object of a class that says what is asked and answered. */
const TEXT_OBJECT = /\/\*#__PURE__\*\/ new TypedDocumentString\(`([^`]*)`(?:, \{[^}]*\})?\)/g;
const TEXT_CLASS = /export class TypedDocumentString[\s\S]*?\n}\n/;
const TEXT_TYPE =
  'export type TypedDocumentString<Result, Variables> = DocumentTypeDecoration<Result, Variables> & String;\n';

/** Ours rather than the generator's, whose `graphql` may be another. */
const schema = buildSchema(readFileSync(SCHEMA, 'utf8'));

type Outputs = Awaited<ReturnType<typeof clientPreset.buildGeneratesSection>>;
type PluginMap = Outputs[number]['pluginMap'];

/** Documents that are text stand as no more than that, without layout, as they are sent and bundled. */
function asPlainText(
  pluginMap: PluginMap,
  shortened: (document: DocumentNode) => DocumentNode,
): PluginMap {
  const written = pluginMap[documentsPlugin];
  if (written === undefined) return pluginMap;
  const plugin: typeof written.plugin = async (...asked) => {
    const output = await written.plugin(...asked);
    if (typeof output === 'string') return output;
    const content = output.content
      .replace(TEXT_CLASS, TEXT_TYPE)
      .replace(
        TEXT_OBJECT,
        (_, text) => `\`${stripIgnoredCharacters(print(shortened(parse(text))))}\``,
      );
    return { ...output, content };
  };
  return { ...pluginMap, [documentsPlugin]: { ...written, plugin } };
}

/**
 * `{ culprit { ...Frame } }` → `{ culprit { file line } }`: compressed, a repetition costs less than a name
 * and a definition. Fragments by themselves are only there for their types.
 */
function withoutFragments(document: DocumentNode): DocumentNode {
  const fragments = new Map(
    document.definitions
      .filter((each) => each.kind === Kind.FRAGMENT_DEFINITION)
      .map((fragment) => [fragment.name.value, fragment]),
  );
  const operations = document.definitions.filter(({ kind }) => kind !== Kind.FRAGMENT_DEFINITION);
  if (operations.length === 0) return document;
  const types = new TypeInfo(schema);
  return visit(
    { ...document, definitions: operations },
    visitWithTypeInfo(types, {
      SelectionSet(set) {
        const parent = getNamedType(types.getParentType())?.name;
        const selections = set.selections.flatMap(function spread(each): typeof set.selections {
          if (each.kind !== Kind.FRAGMENT_SPREAD) return [each];
          const { directives } = each;
          const { typeCondition, selectionSet } = fragments.get(each.name.value)!;
          const isPlain = typeCondition.name.value === parent && !directives?.length;
          if (isPlain) return selectionSet.selections.flatMap(spread);
          return [{ kind: Kind.INLINE_FRAGMENT, typeCondition, directives, selectionSet }];
        });
        return { ...set, selections };
      },
    }),
  );
}

/** The preset passes on no option for it: lets bundlers leave out the documents that nobody uses. */
function preset(shortened: (document: DocumentNode) => DocumentNode): typeof clientPreset {
  return {
    ...clientPreset,
    async buildGeneratesSection(options) {
      const outputs = await clientPreset.buildGeneratesSection(options);
      return outputs.map((output) => ({
        ...output,
        pluginMap: asPlainText(output.pluginMap, shortened),
        config: { ...output.config, pureMagicComment: true },
      }));
    },
  };
}

/**
 * One output per bundle, so that neither carries the documents of the other. As text they are a
 * third of the size, but urql's bindings for React take them parsed.
 */
function documentsOf(
  folder: string,
  documentMode: 'documentNode' | 'string',
  shortened: (document: DocumentNode) => DocumentNode = (document) => document,
): CodegenConfig['generates'] {
  const documents = `${folder}/operations/**/*.graphql`;
  if (globSync(documents).length === 0) return {};
  return {
    [`${folder}/generated/`]: {
      preset: preset(shortened),
      documents: [documents, ...WHOLE_FRAGMENTS],
      config: { documentMode },
      presetConfig: { fragmentMasking: false, skipIndexFile: true },
    },
  };
}

const config: CodegenConfig = {
  schema: SCHEMA,
  importExtension: '.ts',
  config: {
    useTypeImports: true,
    strictScalars: true,
    scalars: { DateTime: 'string' },
    enumType: 'string-literal',
  },
  generates: {
    ...documentsOf('client', 'string', withoutFragments),
    ...documentsOf('client/dashboard', 'documentNode'),
    // Asking another pprofql loads no `graphql`; what it refuses it names by its place, which fragments keep to one.
    ...documentsOf('api/targets/pprofql', 'string'),
  },
};

export default config;
