// Not by its name: a Node without `hash` is to get as far as being told that it is too old.
import crypto from 'node:crypto';
import type { TaskGroup } from '../analyzers/tasks/types.ts';
import type { Frame } from '../profile/profile.ts';

const ID_LENGTH = 16;

/** A group of tasks is one by its state, category and stack, and by what the stack tells. */
export function groupIds({
  frames,
  state,
  category,
  stackKind,
}: Pick<TaskGroup, 'frames' | 'state' | 'category' | 'stackKind'>): {
  id: string;
  stackId: string;
} {
  const lines = linesOf(frames);
  return { id: hashOf(`${state} ${category} ${stackKind}${lines}`), stackId: hashOf(lines) };
}

/** A short name for a stack: the same for the same frames (and prefix), in every read. */
export function stackId(frames: readonly Frame[], prefix = ''): string {
  return hashOf(prefix + linesOf(frames));
}

/** In one go: of a fleet, thousands are named at a time. */
function linesOf(frames: readonly Frame[]): string {
  let lines = '';
  for (const { function: name, file, line } of frames) lines += `\n${name}\t${file}:${line}`;
  return lines;
}

const hashOf = (text: string): string =>
  crypto.hash('sha256', text, 'base64url').slice(0, ID_LENGTH);
