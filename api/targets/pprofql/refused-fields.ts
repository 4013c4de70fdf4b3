/**
 * What another version of pprofql does not know, asked for by its former name or taken out of what it
 * is asked. It names the places itself, in the errors that it refuses a document with.
 */
import type { ASTNode, DocumentNode, FieldNode, SelectionSetNode } from 'graphql';

/** Where an error is in a document; both count from 1. */
export interface Place {
  line: number;
  column: number;
}

/** What a document can be without. Its operation is not among them. */
const REMOVABLE: readonly ASTNode['kind'][] = [
  'Field',
  'Argument',
  'VariableDefinition',
  'FragmentSpread',
  'FragmentDefinition',
];

/** What 0.1.0 calls these fields. */
const FORMER_NAMES = new Map([
  ['looks', 'captures'],
  ['seenAt', 'capturedAt'],
  ['droppedLooks', 'droppedCaptures'],
]);

/**
 * The document without what is at these places, and without what is empty then; null where nothing
 * is there, or nothing is left. A field that had another name is asked for by that one first.
 *
 * @example `{ process { pid shoeSize } }` without line 1, column 17 is `{ process { pid } }`.
 */
export async function withoutRefused(
  document: string,
  places: readonly Place[],
): Promise<string | null> {
  // Loaded already where this runs in the server; by itself it is needed for other versions alone.
  const { parse, print, visit } = await import('graphql');
  const refused = new Set(places.map(keyOf));
  const isPlaceOf = (node: ASTNode | undefined) =>
    node?.loc !== undefined && refused.has(keyOf(node.loc.startToken));
  let isChanged = false;

  function remove(): null {
    isChanged = true;
    return null;
  }

  const reduced = visit(parse(document), {
    enter(node) {
      if (!REMOVABLE.includes(node.kind) || !namesOf(node).some(isPlaceOf)) return;
      const renamed = node.kind === 'Field' ? byFormerName(node) : null;
      if (renamed === null) return remove();
      isChanged = true;
      return renamed;
    },
    leave(node) {
      const isEmpty = 'selectionSet' in node && node.selectionSet?.selections.length === 0;
      if (isEmpty) return remove();
    },
  });
  const hasOperation = reduced.definitions.some(({ kind }) => kind === 'OperationDefinition');
  return isChanged && hasOperation ? print(reduced) : null;
}

/** Null where it had no other name, or was asked for by that already. */
function byFormerName(field: FieldNode): FieldNode | null {
  const former = FORMER_NAMES.get(field.name.value);
  if (former === undefined || field.alias !== undefined) return null;
  return { ...field, alias: field.name, name: { ...field.name, value: former } };
}

/** What stands for it in an error: of a fragment its name or type, where it does not know those. */
function namesOf(node: ASTNode): ASTNode[] {
  if (node.kind === 'FragmentSpread') return [node, node.name];
  return node.kind === 'FragmentDefinition' ? [node, node.typeCondition] : [node];
}

function keyOf({ line, column }: Place): string {
  return `${line}:${column}`;
}

/**
 * The fields that were taken out, each as its path in the answer. What is below one is not told.
 *
 * @example From `{ process { pid cwd } gc { count } }` to `{ process { pid } }`: `process.cwd` and `gc`.
 */
export async function removedPaths(from: string, to: string): Promise<string[]> {
  const { parse } = await import('graphql');
  const left = pathsOf(parse(to));
  return [...pathsOf(parse(from))].filter(
    (path) => !left.has(path) && (!path.includes('.') || left.has(parentOf(path))),
  );
}

function parentOf(path: string): string {
  return path.slice(0, path.lastIndexOf('.'));
}

/** Fragments are looked into wherever they are spread. */
function pathsOf(document: DocumentNode): Set<string> {
  const paths = new Set<string>();
  const fragments = new Map<string, SelectionSetNode>();
  for (const definition of document.definitions) {
    if (definition.kind === 'FragmentDefinition') {
      fragments.set(definition.name.value, definition.selectionSet);
    }
  }

  function collect(selected: SelectionSetNode | undefined, prefix: string): void {
    for (const selection of selected?.selections ?? []) {
      if (selection.kind === 'Field') {
        const path = prefix + (selection.alias ?? selection.name).value;
        paths.add(path);
        collect(selection.selectionSet, `${path}.`);
      } else if (selection.kind === 'FragmentSpread') {
        collect(fragments.get(selection.name.value), prefix);
      } else {
        collect(selection.selectionSet, prefix);
      }
    }
  }

  for (const definition of document.definitions) {
    if (definition.kind === 'OperationDefinition') collect(definition.selectionSet, '');
  }
  return paths;
}
