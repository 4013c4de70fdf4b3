import { describe, expect, it } from 'vitest';
import type { StackFrame } from '../../probe/readings/tasks.ts';
import { recordStall } from './stall.ts';

const frame = (name: string, file: string): StackFrame => ({
  function: name,
  file,
  path: file,
  line: 7,
  column: 1,
  isAsync: false,
});
const sight = (...frames: StackFrame[]) => ({
  frames,
  isOwnWork: false,
  isPausedByDebugger: false,
  mayHaveDebugger: false,
});

const RUNS_COMMAND = sight(
  frame('execSync', 'node:child_process'),
  frame('build', '/app/build.js'),
);
const PRINTS = sight(frame('console.log', 'node:internal/console'), frame('main', '/app/main.js'));

describe('the record of a stall', () => {
  it('is called after the call of native code that made it, and not after what ran next', () => {
    const stall = recordStall('a', 0);
    stall.sawNoAnswer({ isOwnRead: false });
    stall.saw(RUNS_COMMAND, { isLate: true, waitedMs: 900 });
    stall.saw(PRINTS, { isLate: false, waitedMs: 1 });
    stall.end(1_000);
    expect(stall.describe(0)).toMatchObject({
      state: 'IN_NATIVE_CODE',
      sentence: expect.stringContaining('execSync, called from build (/app/build.js:7)'),
    });
  });

  it('is called after the native call also where what ran next came from the same function', () => {
    const main = frame('main', '/app/main.js');
    const stall = recordStall('a', 0);
    stall.sawNoAnswer({ isOwnRead: false });
    stall.saw(sight(...RUNS_COMMAND.frames, main), { isLate: true, waitedMs: 900 });
    stall.saw(PRINTS, { isLate: false, waitedMs: 1 });
    stall.end(1_000);
    expect(stall.describe(0).sentence).toContain('execSync, called from build (/app/build.js:7)');
  });

  it('is called after JavaScript that made most of it, whatever native code was met before', () => {
    const stall = recordStall('a', 0);
    stall.sawNoAnswer({ isOwnRead: false });
    stall.saw(RUNS_COMMAND, { isLate: true, waitedMs: 100 });
    stall.saw(PRINTS, { isLate: false, waitedMs: 1 });
    stall.end(1_000);
    expect(stall.describe(0).sentence).toContain('console.log, called from main (/app/main.js:7)');
  });

  it('is probably a read of ours while no answer comes, and known once that has told how long it took', () => {
    const stall = recordStall('a', 0);
    stall.sawNoAnswer({ isOwnRead: true });
    expect(stall.describe(1_000).sentence).toMatch(/^Blocked for 1\.0 s, probably by pprofql/);
    stall.settleOwnRead(true);
    expect(stall.describe(1_000).sentence).toMatch(/^Blocked for 1\.0 s by pprofql itself/);
  });
});
