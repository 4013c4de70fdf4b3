import type { Frame } from '../../../profile/profile.ts';
import type { AskedFrameFragment } from '../generated/graphql.ts';
import { complete, type Told } from './told.ts';

const FIELDS = ['function', 'file'] as const;

export function frameOf(told: Told<AskedFrameFragment>): Frame {
  const { path, line, ...place } = complete(told, 'frames', FIELDS);
  const frame = { ...place, line: line ?? 0 };
  return path === null ? frame : { ...frame, path };
}

export function framesOf(told: readonly Told<AskedFrameFragment>[] | null): Frame[] {
  return (told ?? []).map(frameOf);
}
