/** A question that a language model can ask, with a small answer as text. */
import type { TargetMethods } from '../../methods/target-methods.ts';

interface Described {
  description: string;
}

/** What JSON Schema says of an argument. */
export type Property = Described &
  (
    | { type: 'boolean'; default: boolean }
    | { type: 'integer'; default: number; minimum: number; maximum: number }
    | { type: 'string'; enum: readonly string[]; default: string }
    | { type: 'string'; isRequired: true }
    | { type: 'string' }
  );

export type Properties = Readonly<Record<string, Property>>;

type ValueOf<Of extends Property> = Of extends { type: 'boolean' }
  ? boolean
  : Of extends { type: 'integer' }
    ? number
    : Of extends { default: string } | { isRequired: true }
      ? string
      : string | undefined;

export type Arguments<Of extends Properties> = { [Name in keyof Of]: ValueOf<Of[Name]> };

export interface Tool<Of extends Properties = Properties> {
  name: string;
  description: string;
  properties: Of;
  /** False where it changes or costs the program something. */
  isReadOnly: boolean;
  /** Lines, the most telling first: the answer is cut where it gets too long. */
  answer(target: TargetMethods, args: Arguments<Of>, signal: AbortSignal): Promise<string[]>;
}

/** Checks the answer against the properties, then forgets what they are. */
export function defineTool<const Of extends Properties>(tool: Tool<Of>): Tool {
  return tool as unknown as Tool;
}

/** An answer that says no, with a code as the API has them. */
export class ToolError extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/** How many rows a table has. */
export const rows = (most: number, unlessTold: number) =>
  ({
    type: 'integer',
    default: unlessTold,
    minimum: 1,
    maximum: most,
    description: `Rows at most, 1 to ${most}; ${unlessTold} unless told.`,
  }) as const;
