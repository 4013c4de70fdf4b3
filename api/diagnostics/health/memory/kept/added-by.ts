/**
 * Who adds a listener where a function of the program does it for others, such as `subscribe(topic, listener)`: the
 * text of the program tells whether the function at the place has been given what it adds. Read only for
 * emitters that have many listeners already, once for each place.
 */
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { isOwn } from '../../../../base/files/frame-origin.ts';
import type { Frame } from '../../../../profile/profile.ts';

export interface AddedBy {
  /** From the one on that made the listener, as far as that is known. */
  frames: readonly Frame[];
  /** The function that was given the listener; null where the same one has made it. */
  keeper: Frame | null;
}

/** With the column, which the stacks of a program have. */
type Place = Frame & { column?: number };

const MOST_HANDS = 3;
const MOST_PLACES = 200;
const MOST_BYTES = 2e6;
/** A function that is longer is no helper. */
const MOST_LINES = 30;
/** From the name of what is called on: its arguments after the first, as far as they are names. */
const CALL = /^#?[\w$]+\s*\(([^;{}]*?)\)/;
const NAME = /^[A-Za-z_$][\w$]*$/;
const PARAMETERS =
  /(?:^|[\s=(.#])([\w$]*)\s*(?:=\s*(?:async\s*)?)?\(([^()]*)\)\s*(?::[^{=]*)?(?:=>|\{)/g;
const STATEMENT = /^(?:if|for|while|switch|catch|with|return)$/;

export function createAddedBy(read: (file: string) => Promise<string> = readProgram) {
  const known = new Map<string, Promise<boolean>>();

  function isGiven(place: Place): Promise<boolean> {
    const key = `${place.file}:${place.line}:${place.column ?? 0}`;
    const before = known.get(key);
    if (before !== undefined) return before;
    if (known.size >= MOST_PLACES) known.clear();
    const answer = read(place.file).then(
      (text) => handsOn(text, place),
      () => false,
    );
    known.set(key, answer);
    return answer;
  }

  return async (frames: readonly Frame[]): Promise<AddedBy> => {
    let at = frames.findIndex(isOwn);
    let keeper: Frame | null = null;
    for (let hands = 0; hands < MOST_HANDS; hands += 1) {
      const place = frames[at];
      const callerAt = frames.findIndex((frame, index) => index > at && isOwn(frame));
      if (place === undefined || callerAt < 0 || !(await isGiven(place))) break;
      keeper ??= place;
      at = callerAt;
    }
    return { frames: keeper === null ? frames : frames.slice(at), keeper };
  };
}

/**
 * Whether what is called at the place is given a parameter of the function around it. For example
 * `function subscribe(topic, listener) { bus.on(topic, listener); }` at `on`.
 * @internal
 */
export function handsOn(
  text: string,
  { line, column = 0 }: Pick<Place, 'line' | 'column'>,
): boolean {
  const lines = text.split('\n');
  const rest = [lines[line - 1]?.slice(column - 1), ...lines.slice(line, line + 3)].join('\n');
  const names = (CALL.exec(rest)?.[1] ?? '')
    .split(',')
    .slice(1)
    .map((argument) => argument.trim())
    .filter((argument) => NAME.test(argument));
  if (names.length === 0 || column <= 0) return false;
  const before = [
    ...lines.slice(Math.max(0, line - 1 - MOST_LINES), line - 1),
    lines[line - 1]?.slice(0, column - 1),
  ].join('\n');
  const [around] = [...before.matchAll(PARAMETERS)]
    .filter(([, name = '']) => !STATEMENT.test(name))
    .slice(-1);
  const parameters = (around?.[2] ?? '').split(',').map(nameOfParameter);
  return names.some((name) => parameters.includes(name));
}

/** For example `listener: (value: string) => void = none` → `listener`. */
function nameOfParameter(parameter: string): string {
  return /^\s*(?:\.\.\.)?([\w$]*)/.exec(parameter)?.[1] ?? '';
}

async function readProgram(file: string): Promise<string> {
  const text = await readFile(file.startsWith('file:') ? fileURLToPath(file) : file, 'utf8');
  return text.length > MOST_BYTES ? '' : text;
}
