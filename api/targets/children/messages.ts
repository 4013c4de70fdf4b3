/** What a child tells the process that observes it, a JSON text a line, for as long as both run. */
import type { HistoryPoint } from '../../diagnostics/history/point.ts';
import type { Finding } from '../../health/finding.ts';
import type { ChildStatus } from '../target.ts';

/** The first line. */
export interface Hello {
  /** Begins the name of the socket on which the child is asked. */
  name: string;
  pid: number;
  /** Nearest first. */
  ancestors: number[];
  /** The file that it runs, without its folder. */
  program: string;
  status: ChildStatus;
}

/** The answer to it: without one the child is on its own. */
export interface Welcome {
  isWelcome: boolean;
  /** How many of its ancestors are observed. */
  depth: number;
}

/** Each further line. What has not changed is left out. */
export interface News {
  status?: ChildStatus;
  findings?: readonly Finding[];
  /** Further ones of its metrics history. */
  points?: readonly HistoryPoint[];
}

const LONGEST_LINE = 256 * 1024;

/**
 * Takes lines apart.
 * @param take given each that is JSON; what it throws is thrown on
 * @returns what takes the next piece of the stream, and throws where a line is none or too long
 */
export function createLineReader(take: (value: unknown) => void): (piece: string) => void {
  let rest = '';
  return (piece) => {
    const lines = (rest + piece).split('\n');
    rest = lines.pop()!;
    if (rest.length > LONGEST_LINE) throw new Error('the line is too long');
    for (const line of lines) take(JSON.parse(line));
  };
}

export const lineOf = (value: Hello | Welcome | News): string => `${JSON.stringify(value)}\n`;
