/** What the lines of a dump look like after they went through a log, a terminal or a mail. */

export type Random = () => number;

export interface Wrapping {
  name: string;
  wrap(lines: readonly string[], random: Random): string[];
  /** One line for each of the dump's, so that others can be laid around or between them. */
  isByLine: boolean;
  /** The file as somebody saved it: nothing is put around that, line by line. */
  standsAlone?: boolean;
}

const DATE = '2026-01-31';

/** Containers cut zeros at the end of the fraction. */
function stamp(line: number, random: Random): string {
  const fraction =
    String(Math.floor(random() * 1e9))
      .padStart(9, '0')
      .replace(/0+$/, '') || '1';
  return `${DATE}T10:00:${String(line % 60).padStart(2, '0')}.${fraction}Z`;
}

const prefixed = (
  name: string,
  prefix: (line: number, random: Random) => string,
  { trims = false } = {},
): Wrapping => ({
  name,
  isByLine: true,
  wrap: (lines, random) =>
    lines.map((line, at) => {
      const text = `${prefix(at, random)}${line}`;
      return trims ? text.trimEnd() : text;
    }),
});

const record = (
  name: string,
  wrap: (line: string, at: number, random: Random) => string,
): Wrapping => ({
  name,
  isByLine: true,
  wrap: (lines, random) => lines.map((line, at) => wrap(line, at, random)),
});

/** Around lines as Go prints them. */
const alone = (...told: Parameters<typeof record>): Wrapping => ({
  ...record(...told),
  standsAlone: true,
});

const whole = (name: string, wrap: (text: string, random: Random) => string[]): Wrapping => ({
  name,
  isByLine: false,
  wrap: (lines, random) => wrap(lines.join('\n'), random),
});

const escaped = (text: string) => JSON.stringify(text);

const escapedRecord = (log: string) => JSON.stringify({ log, stream: 'stderr' });
const inHtml = (text: string) =>
  text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&#34;');

const document = (name: string, wrap: (text: string) => string[]): Wrapping => ({
  ...whole(name, wrap),
  standsAlone: true,
});

/** Each goes around any other that has a line for each of the dump's. */
export const WRAPPINGS: readonly Wrapping[] = [
  prefixed('quote marks', () => '> '),
  prefixed('quote marks of a trimmed mail', () => '>> ', { trims: true }),
  prefixed('indentation', () => '    '),
  prefixed('a compose prefix', () => 'shop-api-1  | '),
  prefixed('a service prefix', () => 'shop.1.ncnc3bnddh65@host-7    | ', { trims: true }),
  prefixed('a kubectl prefix', () => '[pod/shop-6f7c9/api] '),
  prefixed('CRI prefixes', (at, random) => `${stamp(at, random)} stderr F `),
  prefixed('kubectl --timestamps', stamp2),
  prefixed('syslog', (at) => `Jan  3 07:16:${String(at % 60).padStart(2, '0')} host1 shop[8862]: `),
  prefixed('journald', () => 'Jan 31 07:16:18 host1 shop[8862]: ', { trims: true }),
  prefixed('journald with a zone', () => '2026-01-31T07:16:18+0100 host1 shop[8862]: '),
  prefixed('journald monotonic', (at) => `[ ${1000 + at}.123456] host1 shop[8862]: `),
  prefixed(
    'syslog without its blank',
    (at) => `Oct 27 04:56:${String(at % 60).padStart(2, '0')}shop[62]: `,
  ),
  prefixed('syslog of RFC 5424', (at, random) => `<14>1 ${stamp(at, random)} host1 shop 8862 - - `),
  prefixed(
    'TAI64N time stamps',
    (at) => `@4000000065e5a1${(at % 256).toString(16).padStart(2, '0')}0bebc2f4 `,
  ),
  prefixed('klog', (at) => `E0131 10:00:00.${100_000 + at}   12345 panic.go:78] `),
  prefixed('GitHub Actions', (at) => `${DATE}T10:00:07.${String(at).padStart(7, '0')}Z `),
  prefixed('gh run view', (at, random) => `test\tRun go test ./...\t${stamp(at, random)} `),
  prefixed('GitLab', (at, random) => `${stamp(at, random)} 01E `),
  prefixed('Heroku', (at, random) => `${stamp(at, random).replace('Z', '+00:00')} app[web.1]: `),
  prefixed('stern', () => 'shop-6f7c9d8b5-x2x4z api '),
  prefixed('a prefix of its own', (at) => `[worker 7 #${at}] out: `, { trims: true }),
  record('go test -json', (line, at, random) =>
    JSON.stringify({
      Time: stamp(at, random),
      Action: 'output',
      Package: 'shop/pay',
      Test: 'TestPay',
      Output: `${line}\n`,
    }),
  ),
  record('Docker JSON', (line, at, random) =>
    JSON.stringify({ log: `${line}\n`, stream: 'stderr', time: stamp(at, random) }),
  ),
  record('slog JSON', (line, at, random) =>
    JSON.stringify({ time: stamp(at, random), level: 'ERROR', msg: line }),
  ),
  record('Loki JSON', (line, at) =>
    JSON.stringify({ labels: { pod: 'shop-1' }, line, timestamp: `${at}` }),
  ),
  record('journalctl JSON', (line, at) =>
    JSON.stringify({ __CURSOR: `s=${at}`, MESSAGE: [...Buffer.from(line)], _PID: '8862' }),
  ),
  alone('slog text', (line, at, random) => {
    const text = /[\s"=]|^$/.test(line) ? escaped(line) : line;
    return `time=${stamp(at, random)} level=ERROR msg=${text} worker=7`;
  }),
  document('fluent-bit', (text) =>
    text
      .split('\n')
      .map((line, at) => `[${at}] kube.api: [[1700000000.0, {}], ${escapedRecord(line)}]`),
  ),
  record('colors', (line) => (line === '' ? line : `\x1b[31;1m${line}\x1b[0m`)),
  whole('zap JSON', (text) => [
    '{"level":"info","msg":"started"}',
    `{"level":"error","msg":"panic recovered","stacktrace":${escaped(text)}}`,
    '{"level":"info","msg":"stopped"}',
  ]),
  whole('logrus text', (text) => [
    'time="2026-01-31T09:59:00Z" level=info msg=started',
    `time="2026-01-31T10:00:00Z" level=info msg=${escaped(`=== BEGIN goroutine stack dump ===\n${text}\n=== END goroutine stack dump ===`)}`,
  ]),
  whole('octal escapes of rsyslog', (text) => [
    `Jan 31 10:00:00 host1 shop: ${text.replaceAll('\n', '#012').replaceAll('\t', '#011')}`,
  ]),
  record('a log whose numbers a page has made links of', (line) =>
    line.replace(/\.go:(\d)(\d)/, '.go:[$1](https://ci.example/runs/7#step:6:18)$2'),
  ),
  whole('a fence of Markdown', (text) => ['It hung again:', '```', text, '```', 'Thanks!']),
  whole('a list of records', (text) =>
    JSON.stringify(
      text
        .split('\n')
        .map((textPayload, at) => ({ textPayload, timestamp: String(1_000_000 + at) }))
        .reverse(),
      null,
      2,
    ).split('\n'),
  ),
  document('a table, newest first', (text) => [
    'Date,Host,Message',
    ...text
      .split('\n')
      .map((line, at) => `"${DATE}T10:00:00.${1000 + at}Z","n3","${line.replaceAll('"', '""')}"`)
      .reverse(),
  ]),
  document('a table of Azure, newest first', (text) => [
    'TimeGenerated [UTC],ContainerID,LogEntry',
    ...text
      .split('\n')
      .map(
        (line, at) =>
          `"1/31/2026, 10:00:0${Math.floor(at / 1000)}.${String(at % 1000).padStart(3, '0')} AM",7d1f,"${line.replaceAll('"', '""')}"`,
      )
      .reverse(),
  ]),
  document('a table with the dump in one cell', (text) =>
    `time,message\n${DATE},"${text.replaceAll('"', '""')}"`.split('\n'),
  ),
  document('an answer of Loki, newest first', (text) => [
    JSON.stringify({
      status: 'success',
      data: {
        result: [
          {
            stream: { pod: 'shop-1' },
            values: text
              .split('\n')
              .map((line, at) => [`${1_700_000_000_000_000 + at}`, line])
              .reverse(),
          },
        ],
      },
    }),
  ]),
  document('an answer of CloudWatch', (text) =>
    JSON.stringify(
      {
        events: text
          .split('\n')
          .map((message, at) => ({ timestamp: 1_700_000_000_000 + at, message })),
      },
      null,
      2,
    ).split('\n'),
  ),
  document('a list of lines', (text) => [
    JSON.stringify({ msg: 'it hung', stack: text.split('\n') }),
  ]),
  document('entries of gcloud', (text) =>
    text
      .split('\n')
      .flatMap((line, at) => ['---', `insertId: q${at}`, `textPayload: ${escaped(line)}`]),
  ),
  document('a page', (text) =>
    `<!DOCTYPE html><html><body><p>log</p><pre><code>${inHtml(text)}</code></pre></body></html>`.split(
      '\n',
    ),
  ),
  document('lines of a page', (text) => text.split('\n').map((line) => `${inHtml(line)}<br>`)),
  document('a fence of a chat', (text) => [
    'It hung again:',
    ...`\`\`\`${text.trim()}\`\`\``.split('\n'),
  ]),
  document('double spacing', (text) => text.split('\n').flatMap((line) => [line, ''])),
  whole('colors within words', (text) =>
    text.replaceAll('goroutine', '\x1b[1mgoroutine\x1b[0m').split('\n'),
  ),
  whole('octal escapes, cut by syslog', (text) => {
    const escapedText = text.replaceAll('\n', '#012').replaceAll('\t', '#011');
    return (escapedText.match(/.{1,2008}/g) ?? []).map(
      (part) => `Jan 31 10:00:00 host1 shop[8862]: ${part}`,
    );
  }),
  whole('journalctl with further lines indented', (text) => {
    const prefix = 'Jan 31 10:00:00 host1 shop[8862]: ';
    return text
      .split('\n')
      .map((line, at) => (at === 0 ? prefix : line === '' ? '' : ' '.repeat(prefix.length)) + line);
  }),
  prefixed('logcat', (at) => `01-31 10:00:00.${100 + at} 1852-1860 Go   com.shop   E  `),
  prefixed('steps of Cloud Build', () => 'Step #3: '),
  prefixed('plugins of Terraform', () => '2026/01/31 10:00:00 [DEBUG] plugin.shop: '),
  record('syslog that escapes tabs', (line) =>
    `Jan 31 10:00:00 host1 shop[8862]: ${line.replaceAll('\t', '#011')}`.trimEnd(),
  ),
  document('fluentd', (text) =>
    text
      .split('\n')
      .map((line, at) => `[${at}] shop: [1700000000.0, {"id"=>nil, "log"=>${escaped(line)}}]`),
  ),
  whole('a log with the newest line first', (text) => text.split('\n').reverse()),
  whole('stamped lines, the newest first', (text, random) =>
    text
      .split('\n')
      .map((line, at) => stamp2(at, random) + line)
      .reverse(),
  ),
  document('code within a line', (text) => `\`${text.trim()}\``.split('\n')),
  document('a terminal of 60 columns', (text) =>
    text
      .replaceAll('\t', ' '.repeat(8))
      .split('\n')
      .flatMap((line) => line.match(/.{1,60}/g) ?? ['']),
  ),
  document('escaped signs', (text) => text.replaceAll(' +0x', ' &#43;0x').split('\n')),
  document('a report of goleak', (text) => [
    'shop_test.go:7: found unexpected goroutines:',
    ...text
      .replace(
        /^goroutine (\d+) \[(.+)\]:\n([^(]+)/gm,
        (_, id: string, state: string, top: string) =>
          ` Goroutine ${id} in state ${state}, with ${top} on top of the stack:\n${top}`,
      )
      .split('\n'),
    ']',
  ]),
  whole('containerd parts', (text, random) =>
    text.split('\n').flatMap((line, at) => {
      const time = stamp(at, random);
      const parts = line.match(/.{1,40}/g) ?? [''];
      return parts.map(
        (part, index) => `${time} stderr ${index === parts.length - 1 ? 'F' : 'P'} ${part}`,
      );
    }),
  ),
];

function stamp2(at: number, random: Random): string {
  return `${stamp(at, random)} `;
}

const NOISE = [
  '2026/01/31 10:00:01 GET /pay 200 (12ms)',
  '{"level":"info","msg":"request","path":"/pay"}',
  '[GIN] 2026/01/31 - 10:00:01 | 200 |  1.2ms | ::1 | GET "/"',
  'time="2026-01-31T10:00:01Z" level=info msg="served" code=200',
  'I0131 10:00:01.123456       1 server.go:42] served /pay',
];

/** Log lines between the two lines of frames. */
export function withLogLines(lines: readonly string[], random: Random) {
  const result: string[] = [];
  let added = 0;
  let isInStack = false;
  for (const [at, line] of lines.entries()) {
    result.push(line);
    isInStack = line.startsWith('goroutine ') || (isInStack && line !== '');
    if (!isInStack || !(lines[at + 1] ?? '').startsWith('\t') || random() < 0.7) continue;
    result.push(NOISE[Math.floor(random() * NOISE.length)]!);
    added++;
  }
  return { lines: result, added };
}

/** The lines of two containers as they come in: each in its order, in turns of chance. */
export function interleaved(
  first: readonly string[],
  second: readonly string[],
  random: Random,
): string[] {
  const [a, b] = [[...first], [...second]];
  const result: string[] = [];
  while (a.length + b.length > 0) {
    const next = b.length === 0 || (a.length > 0 && random() < 0.5) ? a : b;
    result.push(next.shift()!);
  }
  return result;
}
