/** A place in the code in the words of the DevTools protocol. */
import { isAbsolute } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Frame } from '../../profile/profile.ts';

export interface CallFrame {
  functionName: string;
  scriptId: string;
  url: string;
  /** 0-based; -1 where unknown. */
  lineNumber: number;
  columnNumber: number;
}

export const ROOT_CALL_FRAME: CallFrame = {
  functionName: '(root)',
  scriptId: '0',
  url: '',
  lineNumber: -1,
  columnNumber: -1,
};

/** Tools find a script by its URL, and want a column: the first, where none is known. */
export function callFrameOf({ function: name, file, line, column = 1 }: Frame): CallFrame {
  return {
    functionName: name === '(anonymous)' ? '' : name,
    scriptId: '0',
    url: isAbsolute(file) ? pathToFileURL(file).href : file,
    lineNumber: line - 1,
    columnNumber: line === 0 ? -1 : column - 1,
  };
}
