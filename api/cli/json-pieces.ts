/** JSON as `JSON.stringify(value, null, 2)` writes it, in pieces: all of it may be longer than a string can be. */

const INDENT = '  ';
/** What lies deeper is one piece. */
const DEEPEST = 4;

export function* jsonPieces(value: unknown, depth = 0): Generator<string> {
  if (depth === DEEPEST || typeof value !== 'object' || value === null) {
    yield whole(value, depth);
    return;
  }
  const isList = Array.isArray(value);
  const entries = Object.entries(value).filter(([, entry]) => isList || entry !== undefined);
  const [open, close] = isList ? '[]' : '{}';
  if (entries.length === 0) {
    yield `${open}${close}`;
    return;
  }
  const indent = `\n${INDENT.repeat(depth + 1)}`;
  for (const [at, [key, entry]] of entries.entries()) {
    yield `${at === 0 ? open : ','}${indent}${isList ? '' : `${JSON.stringify(key)}: `}`;
    yield* jsonPieces(entry, depth + 1);
  }
  yield `\n${INDENT.repeat(depth)}${close}`;
}

function whole(value: unknown, depth: number): string {
  const text = JSON.stringify(value, null, INDENT) ?? 'null';
  // A line break within a text is written as `\n`.
  return text.replaceAll('\n', `\n${INDENT.repeat(depth)}`);
}
