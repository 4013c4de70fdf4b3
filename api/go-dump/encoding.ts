/** Dumps come in UTF-8, with or without a byte order mark, and in UTF-16 where PowerShell wrote them. */

const SNIFFED_BYTES = 4;
const BYTE_ORDER_MARK_BYTES = 3;

type Encoding = 'utf-8' | 'utf-8-bom' | 'utf-16le' | 'utf-16be';

/** Turns chunks in whichever encoding they are into UTF-8 without a byte order mark. */
export class Utf8Chunks {
  private head: Buffer = Buffer.alloc(0);
  private decoder: TextDecoder | null = null;
  private isSniffed = false;

  push(chunk: Uint8Array): Uint8Array {
    if (this.isSniffed) return this.decode(chunk);
    if (this.head.length === 0 && chunk.length >= SNIFFED_BYTES) return this.sniff(chunk);
    this.head = Buffer.concat([this.head, chunk]);
    return this.head.length < SNIFFED_BYTES ? Buffer.alloc(0) : this.sniff(this.head);
  }

  end(): Uint8Array {
    const head = this.isSniffed ? Buffer.alloc(0) : this.sniff(this.head);
    if (this.decoder === null) return head;
    return Buffer.concat([head, Buffer.from(this.decoder.decode())]);
  }

  private sniff(head: Uint8Array): Uint8Array {
    this.isSniffed = true;
    const encoding = encodingOf(head);
    if (encoding === 'utf-8') return head;
    if (encoding === 'utf-8-bom') return head.subarray(BYTE_ORDER_MARK_BYTES);
    this.decoder = new TextDecoder(encoding);
    return this.decode(head);
  }

  private decode(chunk: Uint8Array): Uint8Array {
    if (this.decoder === null) return chunk;
    return Buffer.from(this.decoder.decode(chunk, { stream: true }));
  }
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
