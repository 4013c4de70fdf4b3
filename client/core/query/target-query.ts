/** The way of a question to its target: every document asks the default one, unless another is named. */
import { createRequest, type TypedDocumentNode } from '@urql/core';
import type { DocumentNode, FieldNode, OperationDefinitionNode } from 'graphql';
import type { Answered } from './answered.ts';
import type { Query, RequestOptions, TypedDocument } from './query.ts';

/** @param target null or undefined: the default one. @throws what `query` throws */
export async function askTarget<Data, Variables extends Record<string, unknown>>(
  query: Query,
  target: string | null | undefined,
  document: TypedDocument<Data, Variables>,
  variables: Variables,
  options?: RequestOptions,
): Promise<Answered<Data>> {
  if (target == null) return (await query(document, variables, options)) as Answered<Data>;
  const request = { ...variables, targetName: target };
  return (await query(ofTarget(document), request, options)).target as Answered<Data>;
}

/**
 * The same question for a target that is named by the variable `targetName`: for example
 * `{ pprof { … } }` → `query ($targetName: ID!) { target(name: $targetName) { pprof { … } } }`.
 */
export function ofTarget<Data, Variables extends Record<string, unknown>>(
  document: TypedDocument<Data, Variables>,
): TypedDocumentNode<{ target: Data }, Variables & { targetName: string }> {
  const { kind, definitions } = parsed(document);
  return {
    kind,
    definitions: definitions.map((definition) =>
      definition.kind === 'OperationDefinition' ? onTarget(definition) : definition,
    ),
  };
}

/** Text is parsed as urql does it. */
function parsed(document: unknown) {
  return createRequest(document as DocumentNode | string, {}).query;
}

const ON_TARGET = 'query($targetName:ID!){target(name:$targetName){name}}';

function onTarget(operation: OperationDefinitionNode): OperationDefinitionNode {
  const { variableDefinitions = [], selectionSet } = operation;
  const [around] = parsed(ON_TARGET).definitions as [OperationDefinitionNode];
  const [field] = around.selectionSet.selections as [FieldNode];
  return {
    ...operation,
    variableDefinitions: [...variableDefinitions, ...around.variableDefinitions!],
    selectionSet: { ...selectionSet, selections: [{ ...field, selectionSet }] },
  };
}
