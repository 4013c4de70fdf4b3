import { describe, expect, it } from 'vitest';
import { createCpuMeter, UNKNOWN_CPU } from './cpu-meter.ts';

const look = (atMs: number, userUs: number, systemUs: number | null = 0) => ({
  atMs,
  cpu: { userUs, systemUs },
});

describe('CPU use', () => {
  it('is of one core, between two looks', () => {
    const measure = createCpuMeter();
    measure(look(0, 0, 0));
    expect(measure(look(1_000, 1e6, 5e5))).toEqual({
      usagePercent: 150,
      userSeconds: 1,
      systemSeconds: 0.5,
    });
  });

  it.each([
    ['at the first look', [look(0, 7)]],
    ['after a restart, since when less was used', [look(0, 7), look(1_000, 5)]],
    ['where no time has passed', [look(5, 7), look(5, 8)]],
    ['where it is not told', [look(0, 7), { atMs: 1_000, cpu: null }]],
  ])('is not known %s', (_name, looks) => {
    const measure = createCpuMeter();
    expect(looks.map(measure).at(-1)).toEqual(UNKNOWN_CPU);
  });

  it('does not split what is told as a sum', () => {
    const measure = createCpuMeter();
    measure(look(0, 0, null));
    expect(measure(look(1_000, 5e5, null))).toEqual({
      usagePercent: 50,
      userSeconds: null,
      systemSeconds: null,
    });
  });

  it('repeats what it found where too little time has passed to say anything', () => {
    const measure = createCpuMeter({ shortestMs: 250 });
    measure(look(0, 0));
    const found = measure(look(1_000, 1e5));
    expect(measure(look(1_001, 9e5))).toBe(found);
    expect(measure(look(2_000, 6e5)).usagePercent).toBe(50);
  });
});
