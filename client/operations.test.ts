import { globSync, readFileSync } from 'node:fs';
import {
  buildSchema,
  type FragmentDefinitionNode,
  getNamedType,
  isObjectType,
  Kind,
  parse,
  type SelectionSetNode,
  TypeInfo,
  visit,
  visitWithTypeInfo,
} from 'graphql';
import { expect, it } from 'vitest';

const text = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8');

const schema = buildSchema(text('../schema/schema.graphql'));
const documents = globSync('operations/**/*.graphql', { cwd: import.meta.dirname }).map((path) =>
  parse(text(path)),
);
const fragments = new Map(
  documents
    .flatMap(({ definitions }) => definitions)
    .filter((each): each is FragmentDefinitionNode => each.kind === Kind.FRAGMENT_DEFINITION)
    .map((fragment) => [fragment.name.value, fragment]),
);

/** What the SDK does without. A field that it is to have stands in a query of `operations/`. */
const LEFT_OUT: Readonly<Record<string, readonly string[]>> = {
  // Told by their nodes' `file`, of which the SDK makes no more.
  AllocationTreeNode: ['origin', 'path'],
  CallTreeNode: ['isPprofql', 'origin', 'path'],
  HotFunction: ['isPprofql'],
  // For pages, and for those who write their own queries.
  Query: ['holders', 'sourceMaps', 'target'],
  ProcessInfo: ['programRoot'],
  RequestCoverage: ['observation'],
  Capture: ['cpu', 'runtime'],
  AllocationDiff: ['stack'],
  Instrumentation: ['fleet'],
  PreviousRun: ['isCertain'],
  TraceCpu: ['topFunctions'],
  // Of Go alone.
  GoroutineProfile: ['crash', 'creators', 'locks'],
  GoroutineDump: ['lines'],
  // Deprecated.
  AllocationProfile: ['collectedAt'],
  HistoryPoint: ['cpuPercent'],
  GarbageCollection: ['count', 'lastPauseMs'],
};

function fieldsOf({ selections }: SelectionSetNode): string[] {
  return selections.flatMap((each) => {
    if (each.kind === Kind.FIELD) return [each.name.value];
    if (each.kind === Kind.INLINE_FRAGMENT) return fieldsOf(each.selectionSet);
    return fieldsOf(fragments.get(each.name.value)!.selectionSet);
  });
}

/** Of each type that the SDK reads, all that it reads of it in one query or another. */
function fieldsRead(): Map<string, Set<string>> {
  const read = new Map<string, Set<string>>();
  for (const document of documents) {
    const types = new TypeInfo(schema);
    visit(
      document,
      visitWithTypeInfo(types, {
        SelectionSet(selected) {
          const type = getNamedType(types.getParentType());
          // A target has the fields of the query.
          if (!isObjectType(type) || type.name === 'Target') return;
          read.set(type.name, new Set([...(read.get(type.name) ?? []), ...fieldsOf(selected)]));
        },
      }),
    );
  }
  return read;
}

it('The SDK reads every field of what it reads, but for those that are named here', () => {
  const forgotten = [...fieldsRead()].flatMap(([name, read]) => {
    const type = schema.getType(name);
    const fields = isObjectType(type) ? Object.keys(type.getFields()) : [];
    const known = new Set([...read, ...(LEFT_OUT[name] ?? [])]);
    return fields.filter((field) => !known.has(field)).map((field) => `${name}.${field}`);
  });
  expect(forgotten).toEqual([]);
});
