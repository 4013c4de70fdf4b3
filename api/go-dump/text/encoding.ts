/** Dumps, and what Node saves, come in UTF-8, with or without a byte order mark, and in UTF-16 where PowerShell wrote them. */

const BYTE_ORDER_MARK_BYTES = 3;

type Encoding = 'utf-8' | 'utf-8-bom' | 'utf-16le' | 'utf-16be';

/** Text in whichever encoding it is, as UTF-8 without a byte order mark; UTF-8 is not copied. */
export function toUtf8(text: Uint8Array): Buffer {
  const encoding = encodingOf(text);
  if (encoding === 'utf-8') return bufferOf(text);
  if (encoding === 'utf-8-bom') return bufferOf(text).subarray(BYTE_ORDER_MARK_BYTES);
  return Buffer.from(new TextDecoder(encoding).decode(text));
}

function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** Without a mark, text of ASCII letters shows UTF-16 by its zero bytes. */
function encodingOf(head: Uint8Array): Encoding {
  const [first = -1, second = -1, third = -1] = head;
  if (first === 0xef && second === 0xbb && third === 0xbf) return 'utf-8-bom';
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  if (first === 0xfe && second === 0xff) return 'utf-16be';
  if (first > 0 && second === 0) return 'utf-16le';
  return first === 0 && second > 0 ? 'utf-16be' : 'utf-8';
}
