/** CPU profiles small enough to count by hand. */
import { NS_PER_MS } from '../../base/numbers/units.ts';
import { ROUTE_LABEL } from '../../profile/from-readings/cpu.ts';
import type { Frame, Profile } from '../../profile/profile.ts';

/**
 * One line a stack, outermost frame first, then its samples of one millisecond each, then its CPU
 * milliseconds, then, if it has one, its route: `main work 3 2 GET /users`.
 */
export function foldedCpuProfile(...lines: string[]): Profile {
  const frames: Frame[] = [];
  const indexByName = new Map<string, number>();
  const frameIndex = (name: string) => {
    const known = indexByName.get(name);
    if (known !== undefined) return known;
    indexByName.set(name, frames.length);
    return frames.push({ function: name, file: '/app.js', line: frames.length + 1 }) - 1;
  };
  const samples = lines.map((line) => {
    const [, names, count, cpuMs, route] = /^(\D*) (\d+) (\d+)(?: (.*))?$/.exec(line)!;
    const stack = names!.split(' ').filter(Boolean).map(frameIndex).reverse();
    const values = [Number(count), Number(count) * NS_PER_MS, Number(cpuMs) * NS_PER_MS];
    return route === undefined
      ? { stack, values }
      : { stack, values, labels: { [ROUTE_LABEL]: route } };
  });
  return {
    sampleTypes: [
      { type: 'samples', unit: 'count' },
      { type: 'wall', unit: 'nanoseconds' },
      { type: 'cpu', unit: 'nanoseconds' },
    ],
    frames,
    samples,
  };
}

/** The same, as a busy machine takes it: one wall time a line, for however many samples that line has. */
export function withWallTimes(profile: Profile, ...wallMs: number[]): Profile {
  const samples = profile.samples.map((sample, index) => {
    const { 0: count, 2: cpu } = sample.values;
    return { ...sample, values: [count!, wallMs[index]! * NS_PER_MS, cpu!] };
  });
  return { ...profile, samples };
}
