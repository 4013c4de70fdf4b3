import { readdirSync, readFileSync } from 'node:fs';
import {
  buildSchema,
  type FragmentDefinitionNode,
  type GraphQLObjectType,
  type GraphQLOutputType,
  getNamedType,
  isEnumType,
  isLeafType,
  isListType,
  isNonNullType,
  Kind,
  parse,
  type SelectionSetNode,
} from 'graphql';
import { describe, expect, it } from 'vitest';
import { allocationsOf } from './answers/allocations.ts';
import { readingOf } from './answers/figures.ts';
import { healthOf } from './answers/health.ts';
import { loopOf } from './answers/loop.ts';
import { requestsOf, routesOf } from './answers/requests.ts';
import { tasksOf } from './answers/tasks.ts';

const fileOf = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8');
const schema = buildSchema(fileOf('../../../schema/schema.graphql'));
const definitions = [
  ...readdirSync(new URL('operations/', import.meta.url)).map((name) => `operations/${name}`),
  '../../../client/operations/pprof/allocation-figures.graphql',
].flatMap((path) => parse(fileOf(path)).definitions);
const fragments = new Map(
  definitions
    .filter((each): each is FragmentDefinitionNode => each.kind === Kind.FRAGMENT_DEFINITION)
    .map((each) => [each.name.value, each]),
);

/** Of everything one, and nothing of what may be null. */
function answerTo({ selections }: SelectionSetNode, type: GraphQLObjectType): object {
  const parts = selections.map((each): object => {
    if (each.kind === Kind.INLINE_FRAGMENT) return answerTo(each.selectionSet, type);
    if (each.kind === Kind.FRAGMENT_SPREAD) {
      return answerTo(fragments.get(each.name.value)!.selectionSet, type);
    }
    const field = type.getFields()[each.name.value];
    if (field === undefined) return {};
    return { [each.name.value]: toldOf(field.type, each.selectionSet) };
  });
  return Object.assign({}, ...parts);
}

function toldOf(type: GraphQLOutputType, selection: SelectionSetNode | undefined): unknown {
  const told = isNonNullType(type) ? type.ofType : type;
  if (isListType(told)) return [toldOf(told.ofType, selection)];
  const named = getNamedType(told);
  if (!isLeafType(named)) return answerTo(selection!, named as GraphQLObjectType);
  if (!isNonNullType(type)) return null;
  if (isEnumType(named)) return named.getValues()[0]!.name;
  if (named.name === 'Int' || named.name === 'Float') return 1;
  if (named.name === 'Boolean') return true;
  return named.name === 'DateTime' ? '2026-01-31T12:00:00.000Z' : 'text';
}

function toldBy(name: string): never {
  const definition = definitions.find(
    (each) =>
      (each.kind === Kind.OPERATION_DEFINITION || each.kind === Kind.FRAGMENT_DEFINITION) &&
      each.name?.value === name,
  );
  if (definition === undefined || !('selectionSet' in definition)) throw new Error(`no ${name}`);
  return answerTo(definition.selectionSet, schema.getQueryType()!) as never;
}

describe('an answer in which all is null that may be null', () => {
  it.each<[name: string, read: (answer: never) => unknown]>([
    ['Figures', (answer) => readingOf(answer, { lacking: [], receivedAtMs: 0 })],
    ['Allocations', allocationsOf],
    ['Tasks', tasksOf],
    ['Requests', requestsOf],
    ['Routes', routesOf],
    ['Health', healthOf],
    ['Loop', loopOf],
  ])('is read: %s', (name, read) => {
    expect(read(toldBy(name))).toBeTruthy();
  });
});
