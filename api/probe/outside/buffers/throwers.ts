/**
 * Functions that throw what is given to them, as if it came from where it was made: of what nobody catches, Node
 * shows the line of source that threw it last.
 */
import { getBuiltinModule } from '../../../base/builtins.ts';
import { type NodeLine, nodeLine, nodeRethrow } from './node-source.ts';

export type Thrower = (error: unknown) => never;

/** `at alloc (node:buffer:452:3)`, and `at node:buffer:452:3` of a function without a name. */
export const PLACE = /(?:\(|at )([^()\n]+):(\d+):\d+\)?$/;
const MOST_THROWERS = 50;
const NODE_FILE = /^node:/;
/** `  validateNumber(size, 'size', 0, kMaxLength);`: such functions of Node throw out of one that takes them out of the stack. */
const CHECKS = /\bvalidate\w+\(/;
/** What Node looks for in a line of source that it is not to show. */
const NOT_SHOWN = 'node-do-not-add-exception-line';

/** Around a line of Node's, what makes it throw `error`: on one line before it, and on one after it. */
type Around = readonly [before: string, after: string];

/** A generator that is over throws what it is given, and no line of code is there that does. */
const over = (function* () {})();
over.return();
const OwnProxy = Proxy;
const { apply } = Reflect;
const { bind } = Function.prototype;
const throwsOf = (error: unknown): (() => never) => apply(bind, over.throw, [over, error]);
const classOf = (error: unknown) => new OwnProxy(class {}, { construct: throwsOf(error) });

/** The shapes of lines that errors of native code and of Node come from. */
const SHAPES: readonly [line: RegExp, around: (...names: string[]) => Around][] = [
  [/^\s*throw error;$/, () => ['', '']],
  [/^\s*throw new (\w+)\($/, (name) => [`const ${name} = function () { return error; };`, ');']],
  [/^\s*throw new (\w+)\(\);$/, (name) => [`const ${name} = function () { return error; };`, '']],
  [
    /^\s*return (\w+)\.(\w+)\($/,
    (holder, name) => [`const ${holder} = { ${name}: throwsOf(error) };`, ');'],
  ],
  [
    /^class (\w+) extends (\w+) \{\}$/,
    (name, base) => [`const ${base} = classOf(error);`, `new ${name}();`],
  ],
  [
    /^\s*super\((\w+(?:, \w+)*)\);$/,
    (names) => [`new (class extends classOf(error) { constructor(${names}) {`, '} })();'],
  ],
];

/** @returns for a frame of a stack, or for what has none, what throws an error that was made there */
export function rememberThrowers(): (frame: string | undefined) => Thrower {
  const throwers = new Map<string, Thrower>();

  return (frame = '') => {
    const [, filename = '', line = ''] = PLACE.exec(frame) ?? [];
    const place = `${filename}:${line}`;
    const thrower = throwers.get(place) ?? throwerAt(filename, Number(line));
    if (throwers.size < MOST_THROWERS) throwers.set(place, thrower);
    return thrower;
  };
}

function throwerAt(filename: string, line: number): Thrower {
  const at = NODE_FILE.test(filename) ? nodeLine(filename, line) : null;
  const shown = at !== null && CHECKS.test(at.text) ? nodeRethrow() : at;
  return (shown && throwerShowing(shown)) ?? throwerShowingNothing();
}

/** Null where no code of ours can have this line. */
function throwerShowing(shown: NodeLine): Thrower | null {
  for (const [shape, around] of SHAPES) {
    const match = shape.exec(shown.text);
    if (match === null) continue;
    const [before, after] = around(...match.slice(1));
    return compile(`${before}\n${shown.text}\n${after}`, {
      filename: shown.filename,
      // The line is the second one here.
      lineOffset: shown.line - 2,
    });
  }
  return null;
}

/** Better none than another. */
const throwerShowingNothing = () => compile(`throw error; // ${NOT_SHOWN}\n`);

function compile(body: string, place?: { filename: string; lineOffset: number }): Thrower {
  const { Script } = getBuiltinModule('node:vm');
  const script = new Script(`(throwsOf, classOf) => (error) => { ${body} }`, place);
  const thrower = script.runInThisContext() as (...tools: unknown[]) => Thrower;
  return thrower(throwsOf, classOf);
}
