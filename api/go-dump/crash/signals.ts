/** Signals in words, where Go gives numbers. */

/** Of old Go, on Linux and on macOS; of Windows. */
const NAMES: Readonly<Record<string, string>> = {
  '0x4': 'SIGILL',
  '0x5': 'SIGTRAP',
  '0x6': 'SIGABRT',
  '0x7': 'SIGBUS',
  '0x8': 'SIGFPE',
  '0xa': 'SIGBUS',
  '0xb': 'SIGSEGV',
};
const EXCEPTIONS: Readonly<Record<string, string>> = {
  '0xc0000005': 'access violation',
  '0xc0000006': 'a page that could not be read',
  '0xc000001d': 'illegal instruction',
  '0xc0000094': 'integer division by zero',
  '0xc00000fd': 'stack overflow',
  '0xc0000374': 'damaged heap',
  '0xc0000409': 'stack buffer overrun',
  '0x80000003': 'breakpoint',
};

/** @example `signalOf('0xb code=0x1 addr=0x0')` is `'SIGSEGV: code=0x1 addr=0x0'` */
export function signalOf(text: string): string {
  const [, number = '', rest = ''] = /^(0x[0-9a-f]+) (.*)$/.exec(text) ?? [];
  if (number in NAMES) return `${NAMES[number]}: ${rest}`;
  const [, exception = ''] = /^Exception (0x[0-9a-f]+) /.exec(text) ?? [];
  const words = EXCEPTIONS[exception];
  return words === undefined ? text : `Exception ${exception} (${words})`;
}
