import { describe, expect, it } from 'vitest';
import { foldedCpuProfile, withWallTimes } from '../testing/folded-cpu-profile.ts';
import { hotFunctions } from './hot-functions.ts';

function table(profile: Parameters<typeof hotFunctions>[0], limit?: number): string[] {
  return hotFunctions(profile, { limit }).map(
    ({ frame, self, total }) => `${frame.function} ${self.samples}/${total.samples}`,
  );
}

describe('the functions by time', () => {
  it('gives self time to the top frame, total time to all on the stack', () => {
    expect(table(foldedCpuProfile('main 1 1', 'main load 2 2', 'main load parse 4 4'))).toEqual([
      'parse 4/4',
      'load 2/6',
      'main 1/7',
    ]);
  });

  it('counts a recursive function once a sample', () => {
    expect(table(foldedCpuProfile('a b 1 1', 'a b a 1 1', 'a 1 1'))).toEqual(['a 2/3', 'b 1/2']);
  });

  it('goes by time, however many samples it took to tell', () => {
    const profile = withWallTimes(foldedCpuProfile('often 5 1', 'long 2 1'), 20, 121);
    expect(table(profile)).toEqual(['long 2/2', 'often 5/5']);
    expect(table(profile, 1)).toEqual(['long 2/2']);
  });

  it('has no rows for an empty profile', () => {
    expect(hotFunctions(foldedCpuProfile())).toEqual([]);
  });

  it('adds up what one function did below different callers', () => {
    expect(table(foldedCpuProfile('a work 2 2', 'b work 3 3'))).toEqual([
      'work 5/5',
      'b 0/3',
      'a 0/2',
    ]);
  });

  it('tells waiting from working by the CPU time', () => {
    const [read, hash] = hotFunctions(foldedCpuProfile('main read 30 1', 'main hash 10 10'));
    expect(read).toMatchObject({ self: { wallMs: 30, cpuMs: 1 }, selfPercent: 75 });
    expect(hash).toMatchObject({ self: { wallMs: 10, cpuMs: 10 }, selfPercent: 25 });
    expect(hash).toMatchObject({ total: { wallMs: 10, cpuMs: 10 }, totalPercent: 25 });
  });

  it('has no CPU time where the profile has none', () => {
    const { sampleTypes, ...rest } = foldedCpuProfile('main 2 0');
    const [main] = hotFunctions({ ...rest, sampleTypes: sampleTypes.slice(0, 2) });
    expect(main).toMatchObject({ self: { wallMs: 2, cpuMs: null }, total: { cpuMs: null } });
  });

  it('takes CPU time for wall time in a profile of Go, which has no other', () => {
    const { sampleTypes, samples, ...rest } = foldedCpuProfile('main 2 3');
    const [count, , cpu] = sampleTypes;
    const goSamples = samples.map(({ stack, values }) => ({
      stack,
      values: [values[0]!, values[2]!],
    }));
    const [main] = hotFunctions({ ...rest, sampleTypes: [count!, cpu!], samples: goSamples });
    expect(main).toMatchObject({ self: { samples: 2, wallMs: 3, cpuMs: 3 }, selfPercent: 100 });
  });

  it('orders equals by name and cuts after that', () => {
    const profile = foldedCpuProfile('b 1 1', 'c 1 1', 'a 1 1');
    expect(table(profile)).toEqual(['a 1/1', 'b 1/1', 'c 1/1']);
    expect(table(profile, 2)).toEqual(['a 1/1', 'b 1/1']);
  });
});
