/** `schema/schema.graphql` + `*.graphql` operations → typed documents, for the SDK, the dashboard and the asking of another pprofql. */
import { globSync } from 'node:fs';
import type { CodegenConfig } from '@graphql-codegen/cli';
import { preset as clientPreset } from '@graphql-codegen/client-preset';
import { stripIgnoredCharacters } from 'graphql';

/** Written by `scripts/schema/print-schema.ts`; both the SDK and the page read whole points. */
const WHOLE_FRAGMENT = 'client/operations/history/history-point.graphql';

const documentsPlugin = 'typed-document-node';
/** How it writes a document as text: an object of a class that says what is asked and answered. */
const TEXT_OBJECT = /\/\*#__PURE__\*\/ new TypedDocumentString\(`([^`]*)`(?:, \{[^}]*\})?\)/g;
const TEXT_CLASS = /export class TypedDocumentString[\s\S]*?\n}\n/;
const TEXT_TYPE =
  'export type TypedDocumentString<Result, Variables> = DocumentTypeDecoration<Result, Variables> & String;\n';

type Outputs = Awaited<ReturnType<typeof clientPreset.buildGeneratesSection>>;
type PluginMap = Outputs[number]['pluginMap'];

/** Documents that are text stand as no more than that, without layout, as they are sent and bundled. */
function asPlainText(pluginMap: PluginMap): PluginMap {
  const written = pluginMap[documentsPlugin];
  if (written === undefined) return pluginMap;
  const plugin: typeof written.plugin = async (...asked) => {
    const output = await written.plugin(...asked);
    if (typeof output === 'string') return output;
    const content = output.content
      .replace(TEXT_CLASS, TEXT_TYPE)
      .replace(TEXT_OBJECT, (_, text) => `\`${stripIgnoredCharacters(text)}\``);
    return { ...output, content };
  };
  return { ...pluginMap, [documentsPlugin]: { ...written, plugin } };
}

/** The preset passes on no option for it: lets bundlers leave out the documents that nobody uses. */
const preset: typeof clientPreset = {
  ...clientPreset,
  async buildGeneratesSection(options) {
    const outputs = await clientPreset.buildGeneratesSection(options);
    return outputs.map((output) => ({
      ...output,
      pluginMap: asPlainText(output.pluginMap),
      config: { ...output.config, pureMagicComment: true },
    }));
  },
};

/**
 * One output per bundle, so that neither carries the documents of the other. As text they are a
 * third of the size, but urql's bindings for React take them parsed.
 */
function documentsOf(
  folder: string,
  documentMode: 'documentNode' | 'string',
): CodegenConfig['generates'] {
  const documents = `${folder}/operations/**/*.graphql`;
  if (globSync(documents).length === 0) return {};
  return {
    [`${folder}/generated/`]: {
      preset,
      documents: [documents, WHOLE_FRAGMENT],
      config: { documentMode },
      presetConfig: { fragmentMasking: false, skipIndexFile: true },
    },
  };
}

const config: CodegenConfig = {
  schema: 'schema/schema.graphql',
  importExtension: '.ts',
  config: {
    useTypeImports: true,
    strictScalars: true,
    scalars: { DateTime: 'string' },
    enumType: 'string-literal',
  },
  generates: {
    ...documentsOf('client', 'string'),
    ...documentsOf('client/dashboard', 'documentNode'),
    // Asking another pprofql loads no `graphql`.
    ...documentsOf('api/targets/pprofql', 'string'),
  },
};

export default config;
