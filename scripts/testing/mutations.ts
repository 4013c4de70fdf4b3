/** Damage to inputs that is the same in every run, to prove that parsers answer to anything. */

/** Numbers from 0 to 1 that look random; equal seeds give equal ones (Mulberry32). */
export function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** The input with one to eight places cut out, doubled, overwritten or swapped for one of `tokens`. */
export function mutated(input: Buffer, tokens: readonly string[], random: () => number): Buffer {
  let bytes = input;
  const changes = 1 + Math.floor(random() * 8);
  for (let change = 0; change < changes; change++) bytes = changedOnce(bytes, tokens, random);
  return bytes;
}

function changedOnce(bytes: Buffer, tokens: readonly string[], random: () => number): Buffer {
  const below = (limit: number) => Math.floor(random() * limit);
  const start = below(bytes.length + 1);
  const end = Math.min(bytes.length, start + below(64));
  const [before, middle, after] = [
    bytes.subarray(0, start),
    bytes.subarray(start, end),
    bytes.subarray(end),
  ];
  const replacements = [
    () => Buffer.alloc(0),
    () => Buffer.concat([middle, middle]),
    () => Buffer.from(Array.from(middle, () => below(256))),
    () => Buffer.from(tokens[below(tokens.length)] ?? ''),
    () => Buffer.from(middle).reverse(),
  ];
  return Buffer.concat([before, replacements[below(replacements.length)]!(), after]);
}
