/** `schema/schema.graphql` + `*.graphql` operations → typed documents, for the SDK and the dashboard. */
import { globSync } from 'node:fs';
import type { CodegenConfig } from '@graphql-codegen/cli';

/** One output per bundle, so that neither carries the documents of the other. */
function documentsOf(folder: string): CodegenConfig['generates'] {
  const documents = `${folder}/operations/*.graphql`;
  if (globSync(documents).length === 0) return {};
  return {
    [`${folder}/generated/`]: {
      preset: 'client',
      documents,
      presetConfig: { fragmentMasking: false, skipIndexFile: true },
    },
  };
}

const config: CodegenConfig = {
  schema: 'schema/schema.graphql',
  importExtension: '.ts',
  config: {
    documentMode: 'documentNode',
    useTypeImports: true,
    strictScalars: true,
    scalars: { DateTime: 'string' },
    enumType: 'string-literal',
  },
  generates: { ...documentsOf('client'), ...documentsOf('client/dashboard') },
};

export default config;
