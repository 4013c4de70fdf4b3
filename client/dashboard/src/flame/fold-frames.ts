import { type Frame, originOf } from '../frames/frames.ts';

/**
 * Keeps of each run of runtime frames only the one that is nearest to the top: what the program
 * called, or what called it. Top frame first, in and out.
 * Example: push, own b, emit, parserOnIncoming, own a → push, own b, emit, own a.
 */
export function foldRuntime(frames: readonly Frame[]): Frame[] {
  return frames.filter((frame, index) => {
    const above = frames[index - 1];
    return originOf(frame) !== 'runtime' || above === undefined || originOf(above) !== 'runtime';
  });
}
