/** How the parts of the client ask: one operation, its data as the answer. */
import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';
import type { TypedDocumentNode } from '@urql/core';

/** As GraphQL Code Generator writes it: parsed, or as text, which is smaller. */
export type TypedDocument<Data, Variables extends Record<string, unknown>> =
  | TypedDocumentNode<Data, Variables>
  | DocumentTypeDecoration<Data, Variables>;

export interface RequestOptions {
  /** Aborts the request; the promise then rejects with the signal's reason. */
  signal?: AbortSignal;
}

export interface TargetRequestOptions extends RequestOptions {
  /** Name of one of `targets()`. @default the process that pprofql runs in */
  target?: string;
}

export type Query = <Data, Variables extends Record<string, unknown>>(
  document: TypedDocument<Data, Variables>,
  variables: Variables,
  options?: RequestOptions,
) => Promise<Data>;
