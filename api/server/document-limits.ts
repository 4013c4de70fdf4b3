/** How much a document asks for, counted before anything is validated or run. */
import {
  type DocumentNode,
  type FragmentDefinitionNode,
  GraphQLError,
  Kind,
  type SelectionSetNode,
} from 'graphql';
import type { ServerLimits } from './limits.ts';

export interface DocumentSize {
  /** Levels of nested fields. */
  depth: number;
  /** Fields, a fragment counted wherever it is spread. */
  fields: number;
  /** Aliased fields, counted the same way. */
  aliases: number;
}

const NOTHING: DocumentSize = { depth: 0, fields: 0, aliases: 0 };

function add(a: DocumentSize, b: DocumentSize): DocumentSize {
  return {
    depth: Math.max(a.depth, b.depth),
    fields: a.fields + b.fields,
    aliases: a.aliases + b.aliases,
  };
}

/**
 * The size of the largest operation. Each fragment is measured once, so that fragments which
 * spread each other cannot make the counting itself expensive; a fragment cycle (which
 * validation refuses) counts as nothing.
 *
 * @example `{ a { b } c: a { b } }` has depth 2, 4 fields and 1 alias.
 */
export function measureDocument(document: DocumentNode): DocumentSize {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) {
      fragments.set(definition.name.value, definition);
    }
  }
  const measured = new Map<string, DocumentSize>();

  function measureFragment(name: string): DocumentSize {
    const known = measured.get(name);
    if (known !== undefined) return known;
    measured.set(name, NOTHING);
    const size = measureSelections(fragments.get(name)?.selectionSet);
    measured.set(name, size);
    return size;
  }

  function measureSelections(set: SelectionSetNode | undefined): DocumentSize {
    let total = NOTHING;
    for (const selection of set?.selections ?? []) {
      if (selection.kind === Kind.FRAGMENT_SPREAD) {
        total = add(total, measureFragment(selection.name.value));
        continue;
      }
      const inner = measureSelections(selection.selectionSet);
      total = add(
        total,
        selection.kind === Kind.INLINE_FRAGMENT
          ? inner
          : {
              depth: inner.depth + 1,
              fields: inner.fields + 1,
              aliases: inner.aliases + (selection.alias === undefined ? 0 : 1),
            },
      );
    }
    return total;
  }

  let size = NOTHING;
  for (const definition of document.definitions) {
    if (definition.kind !== Kind.OPERATION_DEFINITION) continue;
    const { depth, fields, aliases } = measureSelections(definition.selectionSet);
    size = {
      depth: Math.max(size.depth, depth),
      fields: Math.max(size.fields, fields),
      aliases: Math.max(size.aliases, aliases),
    };
  }
  return size;
}

/** A typed refusal for a document that asks for too much. */
export function limitError(what: string, found: number | null, limit: number): GraphQLError {
  const size = found === null ? 'more than' : `${found},`;
  const message =
    found === null
      ? `The document has ${size} ${limit} ${what}; split it.`
      : `The document has ${found} ${what}, at most ${limit} are answered; split it.`;
  return new GraphQLError(message, {
    extensions: { code: 'LIMIT_EXCEEDED', http: { status: 400 } },
  });
}

/** One error for each limit that the document exceeds. */
export function checkDocument(document: DocumentNode, limits: ServerLimits): GraphQLError[] {
  const size = measureDocument(document);
  const counts: [what: string, found: number, limit: number][] = [
    ['levels of fields', size.depth, limits.documentDepth],
    ['aliases', size.aliases, limits.documentAliases],
    ['fields', size.fields, limits.documentFields],
  ];
  return counts
    .filter(([, found, limit]) => found > limit)
    .map(([what, found, limit]) => limitError(what, found, limit));
}
