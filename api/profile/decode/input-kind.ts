/** Names what a file is that was taken for a profile, so that an error can say what to do. */

const SNIFFED_BYTES = 512;

interface Kind {
  pattern: RegExp;
  /** What it is and what to do instead, to follow "this is …". */
  description: string;
}

const KINDS: readonly Kind[] = [
  {
    pattern: /^heap profile: /,
    description: 'a heap profile in text form (debug=1); fetch it without "debug" for tables',
  },
  {
    pattern: /^goroutine profile: total/,
    description:
      'a goroutine profile without the states of goroutines (debug=1); fetch it with debug=2',
  },
  {
    pattern: /^goroutine \d+ /,
    description: 'a goroutine dump and no profile; read it as one',
  },
  {
    pattern: /^\w+ profile: |^--- (?:mutex|contention):/,
    description: 'a profile in text form; fetch it without "debug"',
  },
  {
    pattern: /^\s*<(!doctype|html|\?xml|[a-z])/i,
    description: 'an HTML or XML page, perhaps an error or login page; check the address',
  },
  {
    pattern: /^\s*[[{]/,
    description: 'a JSON document; check the address',
  },
];

/** A description to follow "this is …", or null where the bytes look like nothing known. */
export function describeForeignInput(bytes: Uint8Array): string | null {
  if (bytes.length === 0) return 'an empty file';
  if (isGzip(bytes)) return 'gzip inside gzip; unpack it once';
  const head = new TextDecoder('latin1').decode(bytes.subarray(0, SNIFFED_BYTES));
  return KINDS.find((kind) => kind.pattern.test(head))?.description ?? null;
}

export function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}
