/** How the parts of the client ask: one operation, its data as the answer. */
import type { TypedDocumentNode } from '@urql/core';
import type { RequestOptions } from './diagnostics-client.ts';

export type Query = <Data, Variables extends Record<string, unknown>>(
  document: TypedDocumentNode<Data, Variables>,
  variables: Variables,
  options?: RequestOptions,
) => Promise<Data>;
