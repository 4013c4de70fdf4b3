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

/** The variables of a document beside how it is asked. Absent ones have the schema's defaults. */
type Asked<Variables> = RequestOptions &
  (string extends keyof Variables ? unknown : Omit<Variables, 'target'>);

/** Asks a document of one root field for that field. Nothing need be given where nothing must be. */
export type Ask = <Data, Variables extends Record<string, unknown>>(
  document: TypedDocument<Data, Variables>,
  asked: RequestOptions extends Asked<Variables> ? Asked<Variables> | undefined : Asked<Variables>,
) => Promise<Answered<Data>[keyof Data]>;

/** How the methods of a target ask. */
export interface TargetAccess {
  /** Name of the target; undefined: the default one. */
  target: string | undefined;
  /** Address of the page, ending in a slash. */
  pageUrl: string;
  /** Asks the target. */
  ask: Ask;
  /** A mutation, which takes the name of its target as a variable. */
  change: Ask;
}
