/** What a function of the program can see: the variables of the functions around it, and where it stands. */

import type { OwnSession } from '../../process/own-session.ts';
import type { StackFrame } from '../../readings/tasks.ts';

export interface Scope {
  /** Of the function whose variables these are; empty for one without a name. */
  name: string;
  /** Of a whole file: the same for all that stands in it. */
  isModule: boolean;
  variables: object;
}

export interface Closure {
  /** Null for a bound function, which stands nowhere. */
  frame: StackFrame | null;
  /** Innermost first. */
  scopes: readonly Scope[];
}

type AnyFunction = (...args: never[]) => unknown;

interface Internal {
  name: string;
  value?: { objectId?: string; value?: Location };
}

interface Location {
  scriptId: string;
  lineNumber: number;
  columnNumber: number;
}

interface Properties {
  internalProperties?: Internal[];
  privateProperties?: { name: string; value?: { objectId?: string } }[];
}

export interface ClosureReader {
  /** Null where nothing is known of it. The same each time. */
  closureOf(callable: AnyFunction): Closure | null;
  /** Functions that were read so far. */
  count(): number;
  /** The private fields of an object by name. */
  privateFieldsOf(object: object): ReadonlyMap<string, object>;
}

/** Variables that are made anew with each call of a function, or with a block of it. */
const OF_CALL = /^(?:Closure|Local|Block|Catch|With Block|Eval)(?: \((.*)\))?$/;
const MODULE = 'Module';

export function createClosureReader(session: OwnSession): ClosureReader {
  const files = filesByScript(session);
  const known = new Map<AnyFunction, Closure | null>();

  function propertiesOf(value: object): Properties {
    return session.post<Properties>('Runtime.getProperties', {
      objectId: session.idOf(value),
      ownProperties: true,
    });
  }

  function read(callable: AnyFunction): Closure | null {
    const internal = new Map(
      propertiesOf(callable).internalProperties?.map(({ name, value }) => [name, value]),
    );
    const internalValue = (name: string): unknown => {
      const id = internal.get(name)?.objectId;
      return id === undefined ? undefined : session.objectOf(id);
    };
    if (internal.has('[[TargetFunction]]')) {
      const names = ['[[TargetFunction]]', '[[BoundThis]]', '[[BoundArgs]]'];
      const [target, self, args] = names.map(internalValue);
      // What it is bound to is as near as a variable, as is the listener in what Node 22 puts around it.
      const seen = [[target, self, args], self].filter(isObject);
      return {
        frame: null,
        scopes: seen.map((variables) => ({ name: '', isModule: false, variables })),
      };
    }
    const location = internal.get('[[FunctionLocation]]')?.value;
    const scopes = scopesOf(internalValue('[[Scopes]]'));
    if (location === undefined) return null;
    return { frame: frameOf(callable, location, scopes), scopes };
  }

  function frameOf(
    callable: AnyFunction,
    { scriptId, lineNumber, columnNumber }: Location,
    scopes: readonly Scope[],
  ): StackFrame {
    const around = scopes.find(({ isModule, name }) => !isModule && name !== '');
    return {
      function: nameOf(callable) || around?.name || '(anonymous)',
      file: files.get(scriptId) ?? '',
      line: lineNumber + 1,
      column: columnNumber + 1,
      isAsync: false,
    };
  }

  return {
    closureOf(callable) {
      let closure = known.get(callable);
      if (closure === undefined) {
        closure = orNull(() => read(callable));
        known.set(callable, closure);
      }
      return closure;
    },
    count: () => known.size,
    privateFieldsOf(object) {
      const fields = new Map<string, object>();
      for (const { name, value } of orNull(() => propertiesOf(object))?.privateProperties ?? []) {
        const id = value?.objectId;
        const field = id === undefined ? null : session.objectOf(id);
        if (typeof field === 'object' && field !== null) fields.set(name, field);
      }
      return fields;
    },
  };
}

/** V8 tells of each script as a debugger begins to listen; this one has gone before anything runs. */
function filesByScript(session: OwnSession): ReadonlyMap<string, string> {
  const files = new Map<string, string>();
  session.on('Debugger.scriptParsed', (params) => {
    const { scriptId, url } = params as { scriptId: string; url: string };
    files.set(scriptId, url);
  });
  session.post('Debugger.enable');
  session.post('Debugger.disable');
  return files;
}

function scopesOf(told: unknown): Scope[] {
  // It has no methods.
  const all = Array.from((told ?? []) as ArrayLike<{ description?: string; object?: unknown }>);
  const scopes = all.flatMap(({ description = '', object }) => {
    const ofCall = OF_CALL.exec(description);
    const isModule = description === MODULE;
    if (typeof object !== 'object' || object === null || (ofCall === null && !isModule)) return [];
    return [{ name: ofCall?.[1] ?? '', isModule, variables: object }];
  });
  const outermost = scopes.at(-1);
  // Of CommonJS, and of Node's own: the function that Node puts around a file.
  if (outermost !== undefined && outermost.name === '') outermost.isModule = true;
  return scopes;
}

/** Its own, not one that a program computes when asked. */
function nameOf(callable: AnyFunction): string {
  const name: unknown = orNull(() => Reflect.getOwnPropertyDescriptor(callable, 'name')?.value);
  return typeof name === 'string' ? name : '';
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

function orNull<T>(ask: () => T): T | null {
  try {
    return ask();
  } catch {
    return null;
  }
}
