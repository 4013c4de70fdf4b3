import { Profile as ReadProfile } from 'pprof-format';
import { describe, expect, it } from 'vitest';
import type { Frame, Profile } from '../profile/profile.ts';
import { ADDRESS_LIMIT, createPlaceAddresses, LOWEST_ADDRESS } from './place-address.ts';
import { encodeProfile } from './pprof/profile.ts';
import { type FoldedStack, foldedProfile, HEAP_TYPES } from './testing/folded-profile.ts';

const frame = (name: string, file = '/app/a.js', line = 1): Frame => ({
  function: name,
  file,
  line,
});

/** As another program reads it. */
function read(profile: Profile) {
  const bytes = Buffer.concat([...encodeProfile(profile, { program: 'app.js' })]);
  const decoded = ReadProfile.decode(bytes);
  const text = (index: number | bigint) => decoded.stringTable.strings[Number(index)]!;
  const functions = new Map(decoded.function.map((each) => [each.id, each]));
  const locations = new Map(decoded.location.map((each) => [each.id, each]));
  const nameOf = (id: number | bigint) =>
    text(functions.get(locations.get(id)!.line[0]!.functionId)!.name);
  return { decoded, text, locations, nameOf };
}

/** What a scraper sends on: the growth since the last scrape, its stacks told apart by their addresses alone. */
function createScraper() {
  let seen = new Map<string, number>();
  return (profile: Profile): FoldedStack[] => {
    const { decoded, locations, nameOf } = read(profile);
    const sums = new Map<string, { stack: string; bytes: number }>();
    for (const { locationId, value } of decoded.sample) {
      const key = locationId.map((id) => locations.get(id)!.address).join();
      const stack = [...locationId].reverse().map(nameOf).join(';');
      const bytes = (sums.get(key)?.bytes ?? 0) + Number(value[1]);
      sums.set(key, { stack: sums.get(key)?.stack ?? stack, bytes });
    }
    const grown = [...sums].map(([key, { stack, bytes }]): FoldedStack => {
      return [stack, bytes - (seen.get(key) ?? 0)];
    });
    seen = new Map([...sums].map(([key, { bytes }]) => [key, bytes]));
    return grown
      .filter(([, bytes]) => bytes !== 0)
      .sort(([a], [b]) => Number(a > b) - Number(a < b));
  };
}

describe('a delta by addresses', () => {
  it('keeps stacks apart, also where the frames come in another order', () => {
    const scrape = createScraper();
    scrape(
      foldedProfile([
        ['main;Map', 1, 10, 0, 0],
        ['main;hot', 1, 100, 0, 0],
      ]),
    );
    expect(
      scrape(
        foldedProfile([
          ['main;cold', 1, 7, 0, 0],
          ['main;hot', 1, 900, 0, 0],
          ['main;Map', 1, 10, 0, 0],
        ]),
      ),
    ).toEqual([
      ['main;cold', 7],
      ['main;hot', 800],
    ]);
  });

  it('keeps functions of one name apart by file and line', () => {
    const profile: Profile = {
      sampleTypes: HEAP_TYPES,
      frames: [
        frame('get', '/app/a.js', 1),
        frame('get', '/app/a.js', 2),
        frame('get', '/app/b.js', 1),
      ],
      samples: [0, 1, 2].map((at) => ({ stack: [at], values: [1, 10 + at, 0, 0] })),
    };
    expect(
      createScraper()(profile)
        .map(([, bytes]) => bytes)
        .sort(),
    ).toEqual([10, 11, 12]);
  });
});

describe('an address', () => {
  it('is the same whenever it is asked for, by whomever', () => {
    const places = [frame('a'), frame('b'), frame('a', '/app/b.js'), frame('a', '/app/a.js', 2)];
    const addressOf = createPlaceAddresses();
    const another = createPlaceAddresses();
    const first = places.map(addressOf);
    expect([...places].reverse().map(another).reverse()).toEqual(first);
    expect(places.map(addressOf)).toEqual(first);
    expect(new Set(first).size).toBe(places.length);
    // What other processes have made of them: it must not change from version to version either.
    expect(first[0]).toBe(9_983_228_524_200);
  });

  it('is the same with a column and without, which not each profile knows, but where it tells functions apart', () => {
    const addressOf = createPlaceAddresses();
    const [plain, ...others] = [
      frame('a'),
      { ...frame('a'), column: 5 },
      { ...frame('a'), column: 9 },
    ].map(addressOf);
    expect(others).toEqual([plain, plain]);
    const anonymous = [1, 2].map((column) => addressOf({ ...frame('(anonymous)'), column }));
    expect(anonymous[0]).not.toBe(anonymous[1]);
  });

  it('is of one location in a file', () => {
    const profile = foldedProfile([
      ['main;work', 1, 1, 1, 1],
      ['main', 1, 2, 1, 1],
    ]);
    profile.frames = [{ ...frame('a'), column: 9 }, { ...frame('a'), column: 5 }, frame('b')];
    profile.samples = [
      [1, 2],
      [0, 2],
    ].map((stack) => ({ stack, values: [1, 1, 1, 1] }));
    const { decoded } = read(profile);
    expect(decoded.location).toHaveLength(2);
    const [first, second] = decoded.sample;
    expect(second!.locationId).toEqual(first!.locationId);
  });

  it('lies within the mapping of the file, in every profile', () => {
    const { decoded } = read(foldedProfile([['main;work', 1, 1, 1, 1]]));
    const [mapping] = decoded.mapping;
    expect([mapping!.memoryStart, mapping!.memoryLimit].map(Number)).toEqual([
      LOWEST_ADDRESS,
      ADDRESS_LIMIT,
    ]);
    for (const { address } of decoded.location) {
      expect(Number(address)).toBeGreaterThanOrEqual(LOWEST_ADDRESS);
      expect(Number(address)).toBeLessThan(ADDRESS_LIMIT);
    }
  });

  it('is another one for a place whose hash is taken', () => {
    const addressOf = createPlaceAddresses(() => 7);
    const addresses = [frame('a'), frame('b'), frame('a'), frame('c')].map(addressOf);
    expect(addresses.map((address) => address - LOWEST_ADDRESS)).toEqual([7, 8, 7, 9]);
  });
});
