/** What a panic says may be a dump itself: Go indents the further lines of the text by a tab. */

const PANIC = /^(.*?)panic: /;
const CRASH_TEXT = /panic: |fatal error: /;

export function isCrashText(text: string): boolean {
  return CRASH_TEXT.test(text);
}

/** Follows line after line whether it belongs to the text of a panic. */
export class PanicText {
  /** What stands in front of its further lines; null outside of one. */
  #indent: string | null = null;

  /** Whether this line is a further one of a panic's text. */
  reads(line: string): boolean {
    if (this.#indent !== null && line.startsWith(this.#indent)) return true;
    const match = line.includes('panic: ') ? PANIC.exec(line) : null;
    if (match !== null) this.#indent = `${match[1]}\t`;
    else if (line.trim() !== '') this.#indent = null;
    return false;
  }
}
