import { type Function as ReadFunction, Profile as ReadProfile } from 'pprof-format';
import { describe, expect, it } from 'vitest';
import { decodeProfile } from '../../profile/decode/decode.ts';
import type { Frame, Profile } from '../../profile/profile.ts';
import { foldedProfile, foldedStacks, HEAP_TYPES } from '../testing/folded-profile.ts';
import { encodeProfile, type PprofOptions } from './profile.ts';

const encode = (profile: Profile, options: Partial<PprofOptions> = {}) =>
  Buffer.concat([...encodeProfile(profile, { program: 'app.js', ...options })]);

const roundTrip = (profile: Profile, options?: Partial<PprofOptions>) =>
  decodeProfile(encode(profile, options));

describe('an encoded profile', () => {
  it('decodes to what it was', () => {
    const profile: Profile = {
      ...foldedProfile([
        ['main;work', 1, 100, 1, 50],
        ['main;work;work', 2, 200, 0, 0],
        ['main', 3, 2 ** 53, -4, -400],
      ]),
      periodType: { type: 'space', unit: 'bytes' },
      period: 524_288,
      startedAtMs: 1_795_000_000_123,
      durationMs: 1_500,
      comments: ['first', 'second'],
      defaultSampleType: 'alloc_space',
    };
    expect(roundTrip(profile)).toEqual(profile);
  });

  it('may be empty', () => {
    expect(roundTrip({ sampleTypes: HEAP_TYPES, frames: [], samples: [] })).toEqual({
      sampleTypes: HEAP_TYPES,
      frames: [],
      samples: [],
    });
  });

  it('keeps a sample without a stack', () => {
    const decoded = roundTrip({
      sampleTypes: HEAP_TYPES,
      frames: [],
      samples: [{ stack: [], values: [1, 2, 3, 4] }],
    });
    expect(decoded.samples).toEqual([{ stack: [], values: [1, 2, 3, 4] }]);
  });

  it('holds whole numbers', () => {
    const decoded = roundTrip(foldedProfile([['main', 0.5, 1.4, Number.NaN, 1e6 + 0.6]]));
    expect(foldedStacks(decoded)).toEqual([['main', 1, 1, 0, 1_000_001]]);
  });

  it('names anonymous functions by their place, where there is one', () => {
    const profile = foldedProfile([['main', 1, 1, 1, 1]]);
    profile.frames = [
      { function: '(anonymous)', file: '/app/server.js', line: 12 },
      { function: '(anonymous)', file: '/app/bundle.js', line: 1, column: 5_023 },
      { function: '(anonymous)', file: '', line: 0 },
    ];
    profile.samples = [{ stack: [0, 1, 2], values: [1, 1, 1, 1] }];
    expect(roundTrip(profile).frames.map((frame) => frame.function)).toEqual([
      '(anonymous server.js:12)',
      '(anonymous bundle.js:1:5023)',
      '(anonymous)',
    ]);
  });

  it('names no function that none of its samples has', () => {
    const { samples, ...profile } = foldedProfile([
      ['main;work', 1, 1, 1, 1],
      ['main;observe', 1, 1, 1, 1],
    ]);
    const bytes = encode({ ...profile, samples: samples.slice(0, 1) });
    expect(foldedStacks(decodeProfile(bytes))).toEqual([['main;work', 1, 1, 1, 1]]);
    expect(ReadProfile.decode(bytes).stringTable.strings).not.toContain('observe');
  });

  it('comes in chunks of bounded size, which together are the file', () => {
    const stacks = Array.from({ length: 20_000 }, (_, index): [string, number] => [
      `main;work${index}`,
      index + 1,
    ]);
    const types = [{ type: 'goroutine', unit: 'count' }];
    const profile = foldedProfile(stacks, types);
    const chunks = [...encodeProfile(profile, { program: 'app.js' })];
    expect(chunks.length).toBeGreaterThan(5);
    expect(Math.max(...chunks.map((chunk) => chunk.length))).toBeLessThan(70 * 1024);
    expect(decodeProfile(Buffer.concat(chunks))).toEqual(profile);
  });
});

describe('a function', () => {
  const SAMPLE = { stack: [0], values: [1, 1, 1, 1] };
  const written = (frame: Frame) => {
    const profile = { sampleTypes: HEAP_TYPES, frames: [frame], samples: [SAMPLE] };
    const decoded = ReadProfile.decode(encode(profile));
    const [{ name, systemName, filename }] = decoded.function as [ReadFunction];
    return [name, systemName, filename].map((index) => decoded.stringTable.strings[Number(index)]);
  };

  it('has a system name', () => {
    const place = { file: '/app/a.js', line: 3 };
    expect(written({ function: 'work', ...place })).toEqual(['work', 'work', '/app/a.js']);
    expect(written({ function: '(anonymous)', ...place }).slice(0, 2)).toEqual([
      '(anonymous a.js:3)',
      '(anonymous a.js:3)',
    ]);
  });

  it.each([
    'get [Symbol.iterator]',
    '<static_initializer>',
    'Shop::open(order)',
    '_ZN3fooEv',
    '_RNvC6_123foo3bar',
  ])('has one that is not its name where go tool pprof would rewrite it: %s', (name) => {
    const [shown, systemName] = written({ function: name, file: '/app/a.js', line: 3 });
    expect([shown, systemName]).toEqual([name, `${name} /app/a.js`]);
  });

  it('of the engine has a file as well, and none when it is read back', () => {
    const builtin = { function: 'Map', file: '', line: 0 };
    expect(written(builtin)).toEqual(['Map', 'Map', '<builtin>']);
    const profile = { sampleTypes: HEAP_TYPES, frames: [builtin], samples: [SAMPLE] };
    expect(roundTrip(profile).frames).toEqual([builtin]);
  });
});

it('writes labels with their samples', () => {
  const profile = foldedProfile([['main', 1]], [{ type: 'goroutine', unit: 'count' }]);
  profile.samples[0]!.labels = { route: 'GET /users/:id' };
  const bytes = encode(profile);
  expect(bytes.includes('GET /users/:id')).toBe(true);
  expect(foldedStacks(decodeProfile(bytes))).toEqual([['main', 1]]);
});
