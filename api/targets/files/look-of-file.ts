/** What a file that cannot be read looks like, in a person's words, so that they see which one they took. */

import { toUtf8 } from '../../go-dump/text/encoding.ts';
import { describeForeignInput } from '../../profile/decode/input-kind.ts';

/** Where nothing in it tells what it is: a damaged profile looks like this too. */
export const UNKNOWN_BINARY = 'binary data of no kind that is known';

interface Look {
  /** Bytes at the beginning, one character each. */
  pattern: RegExp;
  /** To follow "this looks like …". */
  words: string;
}

const LOOKED_AT_BYTES = 4_096;
/** What it died of may stand far behind the beginning of a log. */
const SEARCHED_BYTES = 64 * 1024;
const CRASH_OF_GO =
  /(?:^|\s)((?:fatal error: (?:runtime|stack overflow|out of memory|unexpected signal|concurrent map|all goroutines|newosproc|fault|found bad pointer|sweep|bad |checkdead)|panic: )[^\\\r\n"]{0,200})(?=\\|\r?\n|"|$)/m;
/** Of control characters, and of what is no UTF-8. */
const MOST_ODD_SHARE = 0.05;

const LOOKS: readonly Look[] = [
  { pattern: /^\x89PNG\r\n/, words: 'a PNG picture' },
  { pattern: /^\xff\xd8\xff/, words: 'a JPEG picture' },
  { pattern: /^GIF8[79]a/, words: 'a GIF picture' },
  { pattern: /^RIFF....WEBP/s, words: 'a WebP picture' },
  { pattern: /^%PDF-/, words: 'a PDF document' },
  { pattern: /^PK/, words: 'a ZIP archive; unpack it first' },
  { pattern: /^\x28\xb5\x2f\xfd/, words: 'a zstd archive; unpack it first' },
  { pattern: /^(?:BZh|\xfd7zXZ|7z\xbc\xaf)/, words: 'an archive; unpack it first' },
  { pattern: /^.{257}ustar/s, words: 'a tar archive; unpack it first' },
  { pattern: /^\x7fELF/, words: 'a program or a core dump' },
  { pattern: /^(?:\xcf\xfa\xed\xfe|MZ)/, words: 'a program' },
  { pattern: /^SQLite format 3\0/, words: 'an SQLite database' },
  { pattern: /^go 1\.\d+ trace\0/, words: 'an execution trace of Go (not readable yet)' },
  { pattern: /^\s*\{\s*"snapshot"\s*:/, words: 'a heap snapshot (not readable yet)' },
  {
    pattern: /^\s*(?:\{\s*"traceEvents"|\[\s*\{\s*"(?:pid|cat|args)")/,
    words: 'a trace of Chrome (not readable yet)',
  },
  {
    pattern: /^\s*(?:<!doctype html|<html)/i,
    words: 'an HTML page, perhaps an error or a login; check where it came from',
  },
  { pattern: /^\s*<(?:\?xml|[a-z])/i, words: 'an XML or HTML page' },
  {
    pattern: /^\s*\{.*"errorMessage"\s*:.*"stackTrace"\s*:\s*\[/s,
    words: 'an error that AWS Lambda has logged, which names its lines itself',
  },
  // What is whole is read as what it is, and does not come here.
  {
    pattern: /^\s*\{\s*"nodes"\s*:\s*\[\s*\{[^[\]]*"callFrame"/,
    words: 'a CPU profile, but is damaged or cut off',
  },
  {
    pattern: /^\s*\{\s*"head"\s*:\s*\{\s*"callFrame"/,
    words: 'a heap profile, but is damaged or cut off',
  },
  {
    pattern: /^\s*\{\s*"header"\s*:\s*\{\s*"reportVersion"/,
    words: 'a diagnostic report of Node, but is damaged or cut off',
  },
  {
    pattern: /^\s*\{.*"(?:stack_?trace|stack)"\s*:\s*"[^"]*\\n\\t[^"]*\.go:\d+/is,
    words:
      'an error with a stack that was logged without its goroutine, which names its lines itself',
  },
  {
    pattern: /^#\t0x[0-9a-f]+\t\S+\+0x[0-9a-f]+\s+\S+:\d+$/m,
    words: 'a part of what goroutine?debug=1 prints, without its counts; give all of it',
  },
  { pattern: /^\s*(?:\{|\[(?!\w+@))/, words: 'a JSON file, but no profile and no report' },
  {
    pattern: /^WARNING: DATA RACE$/m,
    words: "a report of Go's race detector, which names the two lines itself",
  },
  {
    pattern: /^\d+: [a-z ]+(?: \[.*\])? \[Created by \S+ @ \S+:\d+\]$/m,
    words: 'goroutines that panicparse has summed up already; give the dump that it was made of',
  },
  {
    pattern: /^\d+ goroutines? \[.*\]:$/m,
    words: 'goroutines that were summed up already; give the dump that it was made of',
  },
  {
    pattern: /^\*? *Goroutine \d+ - (?:Start|User|Runtime|Go): /m,
    words:
      'goroutines as the debugger Delve lists them; give what SIGQUIT or goroutine?debug=2 prints',
  },
  {
    pattern: /^#\d+ +(?:0x[0-9a-f]+ in )?\S.* \(.*\)(?: (?:at|from) |$)/m,
    words: 'a backtrace of a debugger such as gdb; give what SIGQUIT or goroutine?debug=2 prints',
  },
  {
    pattern: /^(?:Showing nodes accounting for |-{10,}\+-{10,}$)/m,
    words: 'what `go tool pprof` prints; give the profile itself',
  },
  { pattern: /^Full thread dump |^\s+at [\w.$]+\([\w]+\.java:\d+\)$/m, words: 'stacks of Java' },
  { pattern: /^Traceback \(most recent call last\):$/m, words: 'a traceback of Python' },
  { pattern: /^thread '.*' (?:\(\d+\) )?panicked at /m, words: 'a panic of Rust' },
  { pattern: /^#!/, words: 'a script' },
];

/** To follow "this looks like …". */
export function lookOf(bytes: Uint8Array): string {
  if (bytes.length === 0) return 'an empty file';
  const start = toUtf8(bytes.subarray(0, LOOKED_AT_BYTES));
  const head = start.toString('latin1');
  if (head.trim() === '') return 'a file of blanks';
  const died = CRASH_OF_GO.exec(Buffer.from(bytes.subarray(0, SEARCHED_BYTES)).toString('latin1'));
  return (
    LOOKS.find(({ pattern }) => pattern.test(head))?.words ??
    describeForeignInput(bytes) ??
    (died === null ? null : `a crash of Go without its goroutines: ${died[1]}`) ??
    (isText(start) ? 'a text without goroutines in it' : UNKNOWN_BINARY)
  );
}

function isText(head: Uint8Array): boolean {
  const characters = Array.from(new TextDecoder().decode(head));
  const odd = characters.filter((character) => /[^\s\P{Cc}]|\ufffd/u.test(character)).length;
  return odd / characters.length < MOST_ODD_SHARE;
}
