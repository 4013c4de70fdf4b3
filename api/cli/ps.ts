/** `pprofql ps [--json]`: the Node processes of this user, and which of them are observed, or could be. */
import { setTimeout } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { DiagnosticsError } from '../base/errors.ts';
import { bytesText } from '../base/text/bytes.ts';
import { durationText } from '../base/text/duration.ts';
import { attachedFile } from './attach/attached-file.ts';
import { factsOf, isLinux, likelyNodes, type ProcessFacts } from './processes/facts.ts';
import { createVersionReader, type VersionOf } from './processes/node-version.ts';
import { addressOf } from './processes/notes.ts';
import { attachable } from './processes/refusal.ts';
import { textTable } from './text-table.ts';

const USAGE = `Usage: pprofql ps [--json]
The Node processes of this user: what they run, for how long, their memory and CPU, and where pprofql observes them
already, or whether \`pprofql attach PID\` could. Tells program names and folders, no arguments.
  --json  print them as JSON`;

const EXIT_USAGE = 2;
/** Over which the CPU time is taken. */
const CPU_WINDOW_MS = 500;

interface Row {
  pid: number;
  program: string;
  cwd: string | null;
  nodeVersion: string | null;
  ageMs: number;
  rssBytes: number;
  cpuPercent: number | null;
  /** Where pprofql observes it; null where it does not, or the system does not tell. */
  url: string | null;
  /** Why it cannot be attached to; null where it can, and where it is observed. */
  refusal: { code: string; message: string } | null;
}

/** @returns the exit code */
export async function runPs(args: readonly string[]): Promise<number> {
  const request = parse(args);
  if (request === null) {
    console.error(USAGE);
    return EXIT_USAGE;
  }
  const rows = await listNodes();
  if (request.isJson) console.log(JSON.stringify(rows, null, 2));
  else console.log(toText(rows).join('\n'));
  return 0;
}

function parse(args: readonly string[]) {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: { json: { type: 'boolean', default: false } },
    });
    return { isJson: values.json };
  } catch {
    return null;
  }
}

async function listNodes(): Promise<Row[]> {
  const begunMs = performance.now();
  const found = likelyNodes();
  const own = ownChain(found);
  const others = found.filter(({ pid }) => !own.has(pid));
  if (isLinux() && others.length > 0) await setTimeout(CPU_WINDOW_MS);
  const windowMs = performance.now() - begunMs;
  const versionOf = createVersionReader();
  return others.flatMap((before) => {
    const facts = factsOf(before.pid);
    return facts === null || facts.startTicks !== before.startTicks
      ? []
      : [rowOf(facts, before, windowMs, versionOf)];
  });
}

/** `npm exec` has its command run by a shell. */
const SHELL = /^(?:ba|da|z|k|fi|a)?sh$|^busybox$/;
const RUNNER = /^(?:npm exec|npm x|npx|pnpm|yarn|bunx?|corepack)\b/;

/** This command and the npx it was started by, which are Node processes too. */
function ownChain(found: readonly ProcessFacts[]): Set<number> {
  const own = new Set([process.pid]);
  let parent = process.ppid;
  for (;;) {
    const facts = factsOf(parent);
    if (facts === null || !(SHELL.test(facts.executable) || RUNNER.test(facts.program))) return own;
    if (found.some(({ pid }) => pid === facts.pid)) own.add(facts.pid);
    parent = facts.parentPid;
  }
}

function rowOf(
  facts: ProcessFacts,
  before: ProcessFacts,
  windowMs: number,
  versionOf: VersionOf,
): Row {
  const { pid, program, cwd, ageMs, rssBytes } = facts;
  const url = addressOf(pid);
  const measured =
    facts.cpuMs === null || before.cpuMs === null
      ? facts.cpuPercent
      : (100 * (facts.cpuMs - before.cpuMs)) / windowMs;
  return {
    pid,
    program,
    cwd,
    nodeVersion: versionOf(pid),
    ageMs: Math.round(ageMs),
    rssBytes,
    cpuPercent: measured === null ? null : Math.round(measured),
    url,
    refusal: url === null ? refusalOf(pid, versionOf) : null,
  };
}

function refusalOf(pid: number, versionOf: VersionOf): Row['refusal'] {
  try {
    attachable(pid, attachedFile(), versionOf);
    return null;
  } catch (error) {
    if (!(error instanceof DiagnosticsError)) throw error;
    return { code: error.code, message: error.message };
  }
}

function toText(rows: readonly Row[]): string[] {
  if (rows.length === 0) return ['No Node process of this user runs.'];
  const notes = isLinux()
    ? []
    : ['Which of them are observed already is told on Linux alone; `pprofql attach` finds out.'];
  return [
    ...textTable<Row>(rows, [
      { title: 'PID', align: 'right', cell: ({ pid }) => String(pid) },
      { title: 'PROGRAM', cell: ({ program }) => program },
      { title: 'NODE', cell: ({ nodeVersion }) => nodeVersion ?? '?' },
      { title: 'AGE', align: 'right', cell: ({ ageMs }) => durationText(ageMs) },
      { title: 'MEMORY', align: 'right', cell: ({ rssBytes }) => bytesText(rssBytes) },
      {
        title: 'CPU',
        align: 'right',
        cell: ({ cpuPercent }) => (cpuPercent === null ? '?' : `${cpuPercent} %`),
      },
      { title: 'PPROFQL', cell: stateOf },
      { title: 'FOLDER', cell: ({ cwd }) => cwd ?? '' },
    ]),
    ...rows.flatMap(({ refusal }) => (refusal === null ? [] : [`  ${refusal.message}`])),
    ...notes,
  ];
}

function stateOf({ pid, url, refusal }: Row): string {
  if (url !== null) return url;
  return refusal === null ? `pprofql attach ${pid}` : `no: ${refusal.code}`;
}
