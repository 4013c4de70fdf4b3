/** Biome checks the code; this is for the printed schema alone. */
import graphql from '@graphql-eslint/eslint-plugin';

export default [
  {
    files: ['schema/schema.graphql'],
    plugins: { '@graphql-eslint': graphql },
    languageOptions: {
      parser: graphql.parser,
      parserOptions: { graphQLConfig: { schema: 'schema/schema.graphql' } },
    },
    rules: {
      ...graphql.configs['flat/schema-recommended'].rules,
      // Figures of a moment are no entities: a cache that kept them by an id would never forget one.
      // What is one has an `id`, which `schema/identity.ts` makes.
      '@graphql-eslint/strict-id-in-types': 'off',
      // `CpuProfile.cpuprofileUrl` is called after the ending of its file.
      '@graphql-eslint/no-typename-prefix': 'off',
    },
  },
];
