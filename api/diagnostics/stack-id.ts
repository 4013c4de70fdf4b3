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
  return { id: stackId(frames, `${state} ${category} ${stackKind}`), stackId: stackId(frames) };
}

/** A short name for a stack: the same for the same frames (and prefix), in every read. */
export function stackId(frames: readonly Frame[], prefix = ''): string {
  // In one go: of a fleet, thousands are named at a time.
  const lines = frames.map((frame) => `\n${frame.function}\t${frame.file}:${frame.line}`);
  return crypto.hash('sha256', prefix + lines.join(''), 'base64url').slice(0, ID_LENGTH);
}
