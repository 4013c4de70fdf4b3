import { describe, expect, it } from 'vitest';
import { countLoss, inheritLoss, isMisplacedResume, isSeen, resumeFrom } from './history-cursor.ts';

const point = (sequence: number, instanceId = 'old', droppedBefore = 0) => ({
  sequence,
  instanceId,
  droppedBefore,
});

const at = (sequence: number, instanceId: string | null = 'old') => ({ sequence, instanceId });

describe('resuming', () => {
  it.each([
    ['from the start without a position', null, null],
    ['with one known point to compare', at(29), 28],
    ['from exactly there where the instance is not known', at(29, null), 29],
  ])('asks %s', (_name, cursor, after) => {
    expect(resumeFrom(cursor)).toBe(after);
  });

  it.each([
    ['the same process', at(29), point(29), false],
    ['a new process that is as far', at(29), point(29, 'new'), true],
    ['a new process that is further', at(29), point(40, 'new'), true],
    ['a new process that gives its whole window', at(29), point(1, 'new'), false],
    ['a new process after the very first point', at(1), point(1, 'new'), false],
    ['a position of no known process', at(29, null), point(30, 'new'), false],
    ['no position', null, point(30, 'new'), false],
  ])('went wrong with %s', (_name, cursor, first, isMisplaced) => {
    expect(isMisplacedResume(cursor, first)).toBe(isMisplaced);
  });
});

describe('a point', () => {
  it('is seen up to the cursor, in the same process', () => {
    expect(isSeen(at(5), point(5))).toBe(true);
    expect(isSeen(at(5), point(6))).toBe(false);
    expect(isSeen(at(5), point(1, 'new'))).toBe(false);
    expect(isSeen(null, point(1))).toBe(false);
  });

  it('counts the gap to the cursor, or what the server counted', () => {
    expect(countLoss(at(5), point(6)).droppedBefore).toBe(0);
    expect(countLoss(at(5), point(9)).droppedBefore).toBe(3);
    expect(countLoss(null, point(9, 'old', 2)).droppedBefore).toBe(2);
    expect(countLoss(at(5), point(9, 'new', 2)).droppedBefore).toBe(2);
  });

  it('takes over the loss of one given up before it', () => {
    expect(inheritLoss(point(6, 'old', 3), point(7, 'old', 0)).droppedBefore).toBe(4);
  });
});
