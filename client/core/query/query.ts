/** How the parts of the client ask: one operation, its data as the answer. */
import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';
import type { TypedDocumentNode } from '@urql/core';
import type { Answered } from './answered.ts';

/** As GraphQL Code Generator writes it: parsed, or as text, which is smaller. */
export type TypedDocument<Data, Variables extends Record<string, unknown>> =
  | TypedDocumentNode<Data, Variables>
  | DocumentTypeDecoration<Data, Variables>;

export interface RequestOptions {
  /** Aborts the request; the promise then rejects with the signal's reason. */
  signal?: AbortSignal;
}

export type Query = <Data, Variables extends Record<string, unknown>>(
  document: TypedDocument<Data, Variables>,
  variables: Variables,
  options?: RequestOptions,
) => Promise<Data>;

/** How the methods of a target ask. */
export interface TargetAccess {
  /** Name of the target; undefined: the default one. */
  target: string | undefined;
  /** Address of the page, ending in a slash. */
  pageUrl: string;
  /** Asks the target. */
  ask<Data, Variables extends Record<string, unknown>>(
    document: TypedDocument<Data, Variables>,
    variables: Variables,
    options?: RequestOptions,
  ): Promise<Answered<Data>>;
  /** A mutation takes the name of its target as a variable, where it has one. */
  change<Data, Variables extends Record<string, unknown>>(
    document: TypedDocument<Data, Variables>,
    variables: Variables,
    options?: RequestOptions,
  ): Promise<Answered<Data>>;
}
