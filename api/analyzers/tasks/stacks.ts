/** Stacks of tasks told apart, and put in order, by what they say. */
import type { Frame } from '../../profile/profile.ts';
import { compareFrames } from '../frame-order.ts';
import { createStackNumbers } from '../stack-numbers.ts';

/**
 * Gives equal stacks the same small number. Tasks of one stack usually share its array, and stacks
 * the frames, so that each of both is looked at once.
 */
export function createStackNumberer(): (frames: readonly Frame[]) => number {
  const numberOfFrame = createFrameNumberer();
  const stackNumbers = createStackNumbers();
  const known = new Map<readonly Frame[], number>();
  return (frames) => {
    let number = known.get(frames);
    if (number === undefined) {
      number = stackNumbers.numberOf(frames.map(numberOfFrame));
      known.set(frames, number);
    }
    return number;
  };
}

/** Columns make no difference. */
function createFrameNumberer(): (frame: Frame) => number {
  const known = new Map<Frame, number>();
  const byText = new Map<string, number>();
  return (frame) => {
    let number = known.get(frame);
    if (number === undefined) {
      const text = `${frame.line}\n${frame.file.length}\n${frame.file}${frame.function}`;
      number = byText.get(text) ?? byText.size;
      byText.set(text, number);
      known.set(frame, number);
    }
    return number;
  };
}

/** In the order of their frames: function, file and line of one after the other. */
export function compareTaskStacks(a: readonly Frame[], b: readonly Frame[]): number {
  const depth = Math.min(a.length, b.length);
  for (let at = 0; at < depth; at++) {
    const order = a[at] === b[at] ? 0 : compareFrames(a[at]!, b[at]!);
    if (order !== 0) return order;
  }
  return a.length - b.length;
}
