/** `schema/schema.graphql` + `*.graphql` operations → typed documents, for the SDK, the dashboard and the asking of another pprofql. */
import { globSync } from 'node:fs';
import type { CodegenConfig } from '@graphql-codegen/cli';
import { preset as clientPreset } from '@graphql-codegen/client-preset';

/** Written by `scripts/schema/print-schema.ts`; both the SDK and the page read whole points. */
const WHOLE_FRAGMENT = 'client/operations/history-point.graphql';

/** The preset passes on no option for it: lets bundlers leave out the documents that nobody uses. */
const preset: typeof clientPreset = {
  ...clientPreset,
  async buildGeneratesSection(options) {
    const outputs = await clientPreset.buildGeneratesSection(options);
    return outputs.map((output) => ({
      ...output,
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
  const documents = `${folder}/operations/*.graphql`;
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
