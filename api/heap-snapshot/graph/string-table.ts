/** The texts of a heap snapshot, of which only those that are names are decoded. */

const [QUOTE, BACKSLASH, CLOSE] = [0x22, 0x5c, 0x5d];
/** Longer names are cut: they are there to be read. */
const MAX_NAME_BYTES = 200;

export interface StringTable {
  keepOnly(bits: Uint8Array): void;
  /** @returns where the table ended, or the length of the chunk */
  push(chunk: Uint8Array, from: number): number;
  isDone(): boolean;
  text(index: number): string;
  indexOf(text: string): number;
}

export function createStringTable(): StringTable {
  let kept: Uint8Array = new Uint8Array(0);
  const texts = new Map<number, string>();
  const indexes = new Map<string, number>();
  let index = 0;
  let isInside = false;
  let isEscaped = false;
  let isDone = false;
  let bytes: number[] = [];
  let isKept = false;

  function begin(): void {
    isInside = true;
    isKept = ((kept[index >> 3] ?? 0) & (1 << (index & 7))) !== 0;
    bytes = [];
  }

  function end(): void {
    isInside = false;
    if (isKept) {
      const text = decoded(bytes);
      texts.set(index, text);
      if (!indexes.has(text)) indexes.set(text, index);
    }
    index += 1;
  }

  return {
    keepOnly(bits) {
      kept = bits;
    },
    push(chunk, from) {
      for (let at = from; at < chunk.length; at++) {
        const byte = chunk[at]!;
        if (!isInside) {
          if (byte === QUOTE) begin();
          else if (byte === CLOSE) {
            isDone = true;
            return chunk.length;
          }
          continue;
        }
        if (!isEscaped && byte === QUOTE) {
          end();
          continue;
        }
        if (isKept && bytes.length < MAX_NAME_BYTES) bytes.push(byte);
        isEscaped = !isEscaped && byte === BACKSLASH;
      }
      return chunk.length;
    },
    isDone: () => isDone,
    text: (at) => texts.get(at) ?? '',
    indexOf: (text) => indexes.get(text) ?? -1,
  };
}

function decoded(bytes: readonly number[]): string {
  const text = Buffer.from(bytes).toString('utf8');
  if (!text.includes('\\')) return text;
  // A cut may have gone through an escape.
  for (const end of [text.length, text.lastIndexOf('\\')]) {
    try {
      return JSON.parse(`"${text.slice(0, end)}"`) as string;
    } catch {
      // Without its last escape, then.
    }
  }
  return '';
}
