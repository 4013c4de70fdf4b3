/** How much a document asks for, counted before anything is validated or run. */
import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  GraphQLError,
  Kind,
  parse,
  type SelectionSetNode,
} from 'graphql';
import type { Plugin } from 'graphql-yoga';
import type { ServerLimits } from '../../gates/limits.ts';

export interface DocumentSize {
  /** Levels of nested fields. */
  depth: number;
  /** Fields, a fragment counted wherever it is spread. */
  fields: number;
  /** Aliased fields, counted the same way. */
  aliases: number;
  /** Fields by the name they have in the answer, counted the same way. */
  named: Map<string, number>;
}

const emptySize = (): DocumentSize => ({ depth: 0, fields: 0, aliases: 0, named: new Map() });

function include(total: DocumentSize, part: DocumentSize): void {
  total.depth = Math.max(total.depth, part.depth);
  total.fields += part.fields;
  total.aliases += part.aliases;
  for (const [name, count] of part.named) total.named.set(name, countOf(total, name) + count);
}

const countOf = ({ named }: DocumentSize, name: string) => named.get(name) ?? 0;

/** The field itself on top of what is selected below it. */
function includeField(inner: DocumentSize, { name, alias }: FieldNode): void {
  const answerName = (alias ?? name).value;
  inner.depth += 1;
  inner.fields += 1;
  inner.aliases += alias === undefined ? 0 : 1;
  inner.named.set(answerName, countOf(inner, answerName) + 1);
}

/**
 * The size of all operations together. Each fragment is measured once, so that fragments which
 * spread each other cannot make the counting itself expensive; a fragment cycle (which
 * validation refuses) counts as nothing.
 *
 * @example `{ a { b } c: a { b } }` has depth 2, 4 fields, 1 alias, and `b` twice.
 * @internal
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
    measured.set(name, emptySize());
    const size = measureSelections(fragments.get(name)?.selectionSet);
    measured.set(name, size);
    return size;
  }

  function measureSelections(set: SelectionSetNode | undefined): DocumentSize {
    const total = emptySize();
    for (const selection of set?.selections ?? []) {
      if (selection.kind === Kind.FRAGMENT_SPREAD) {
        include(total, measureFragment(selection.name.value));
        continue;
      }
      const inner = measureSelections(selection.selectionSet);
      if (selection.kind === Kind.FIELD) includeField(inner, selection);
      include(total, inner);
    }
    return total;
  }

  const size = emptySize();
  for (const definition of document.definitions) {
    if (definition.kind !== Kind.OPERATION_DEFINITION) continue;
    include(size, measureSelections(definition.selectionSet));
  }
  return size;
}

/** A typed refusal for a document that asks for too much; `found` is null where counting stopped. */
function limitError(what: string, found: number | null, limit: number): GraphQLError {
  const has =
    found === null
      ? `more than ${limit} ${what}`
      : `${found} ${what}, at most ${limit} are answered`;
  return new GraphQLError(`The document has ${has}; split it.`, {
    extensions: { code: 'LIMIT_EXCEEDED', http: { status: 400 } },
  });
}

/** One error for each limit that the document exceeds. */
function checkDocument(document: DocumentNode, limits: ServerLimits): GraphQLError[] {
  const size = measureDocument(document);
  const counts: [what: string, found: number, limit: number][] = [
    ['levels of fields', size.depth, limits.documentDepth],
    ['aliases', size.aliases, limits.documentAliases],
    ['fields', size.fields, limits.documentFields],
    ['fields of one name', Math.max(0, ...size.named.values()), limits.documentRepeats],
  ];
  return counts
    .filter(([, found, limit]) => found > limit)
    .map(([what, found, limit]) => limitError(what, found, limit));
}

function parseWithin(limits: ServerLimits): typeof parse {
  return (source, options) => {
    try {
      return parse(source, { ...options, maxTokens: limits.documentTokens });
    } catch (error) {
      // The parser says so only in words.
      if (/tokens?\. Parsing aborted/.test((error as Error).message)) {
        throw limitError('tokens', null, limits.documentTokens);
      }
      throw new GraphQLError((error as GraphQLError).message, {
        source: (error as GraphQLError).source,
        positions: (error as GraphQLError).positions,
        extensions: { code: 'GRAPHQL_PARSE_FAILED', http: { spec: true, status: 400 } },
      });
    }
  };
}

/** Refuses what is too large before validation, whose own cost grows faster than the document. */
export function documentLimits(limits: ServerLimits): Plugin {
  const parseDocument = parseWithin(limits);
  return {
    onParse: ({ setParseFn }) => setParseFn(parseDocument),
    onValidate({ params, setResult }) {
      const errors = checkDocument(params.documentAST, limits);
      if (errors.length > 0) setResult(errors);
    },
  };
}
