/** Goroutines of a dump, equal ones as one record. */
import type { Frame } from '../profile/profile.ts';
import type { GoHeader } from './header/header.ts';

/** Goroutines that wait for the same, equally long, at the same stack. */
export interface GoGoroutines extends GoHeader {
  count: number;
  /** False in a profile, which counts goroutines and does not say for how long they have waited. @default true */
  isWaitKnown?: boolean;
  /**
   * Top frame first, arguments and code offsets left out. The creator is the last frame, named
   * `created by main.main`; equal stacks share one array.
   */
  frames: readonly Frame[];
  /** The same for equal stacks of one dump; undefined where they were not numbered, or could not be told apart by it. */
  stackNumber?: number;
  /** Numbers of the first ten. */
  goroutineIds: readonly number[];
  /** The first three different label sets, as Go prints them. */
  labels: readonly string[];
}
