/** What the system tells of one process. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { MS_PER_SECOND } from '../../base/numbers/units.ts';
import { allPids, procLink, procList, procPath, procText } from '../../base/processes/proc.ts';
import { entryOf, programName } from './program-name.ts';

export interface ProcessFacts {
  pid: number;
  uid: number;
  parentPid: number;
  /** With the pid it tells a process from a later one; null where the system does not tell. */
  startTicks: number | null;
  program: string;
  cwd: string | null;
  ageMs: number;
  rssBytes: number;
  /** CPU time since it began; null where the system does not tell. */
  cpuMs: number | null;
  /** Percent of a core, as the system has it; null where it is to be measured. */
  cpuPercent: number | null;
  /** The name of the executable. */
  executable: string;
  /** It is held by SIGSTOP or a debugger. */
  isStopped: boolean;
  /** Whether somebody catches SIGUSR1; null where the system does not tell. */
  catchesSigusr1: boolean | null;
  /** Whether this user may look at its descriptors and its environment; null where there are none to see. */
  isReadable: boolean | null;
}

const STATE = 0;
const PARENT = 1;
const USER_TICKS = 11;
const SYSTEM_TICKS = 12;
const START_TICKS = 19;
/** Of every Linux that Node runs on. */
const TICKS_PER_SECOND = 100;
const BYTES_PER_KB = 1_024;
/** Of signals, from the first on; SIGUSR1 is the tenth, but on a few processors that Node does not run on. */
const SIGUSR1_BIT = 9n;

/** Node tells its own name there; a program that is one file with its Node has another. */
const NODE_NAME = /^(node|nodejs|electron)[\d.-]*$/i;

export const isLinux = (): boolean => process.platform === 'linux';

/** Null where there is no such process (any more). */
export function factsOf(pid: number): ProcessFacts | null {
  return isLinux() ? fromProc(pid) : (fromPs(['-p', String(pid)])[0] ?? null);
}

/** The processes of this user whose executable is called like Node. */
export function likelyNodes(): ProcessFacts[] {
  const all = isLinux()
    ? allPids().flatMap((pid) => fromProc(pid) ?? [])
    : fromPs(['-U', String(process.getuid?.())]);
  return all.filter(
    ({ uid, executable }) => uid === process.getuid?.() && NODE_NAME.test(executable),
  );
}

/** Whether the pid still means the process that the facts are of. */
export function isStill({ pid, startTicks }: ProcessFacts): boolean {
  return factsOf(pid)?.startTicks === startTicks;
}

/** Its options of Node: those of `NODE_OPTIONS` first. */
export function nodeOptionsOf(pid: number): string[] {
  const args = procList(pid, 'cmdline');
  const entry = entryOf(args);
  const own = entry === null ? args.slice(1) : args.slice(1, args.indexOf(entry));
  return [...(environmentOf(pid).NODE_OPTIONS ?? '').split(/\s+/).filter(Boolean), ...own];
}

/** As it was when the process began. */
export function environmentOf(pid: number): Record<string, string> {
  const entries = procList(pid, 'environ').map((entry) => entry.split(/=(.*)/s));
  return Object.fromEntries(entries.map(([name = '', value = '']) => [name, value]));
}

/** Whether the process sees the file, in its own container. */
export function seesFile(pid: number, path: string): boolean {
  return !isLinux() || existsSync(procPath(pid, `root${path}`));
}

/** Whether it is in the same network as this one. */
export function sharesNetwork(pid: number): boolean {
  return procLink(pid, 'ns/net') === procLink('self', 'ns/net');
}

function fromProc(pid: number): ProcessFacts | null {
  const stat = procText(pid, 'stat');
  const status = procText(pid, 'status');
  if (stat === null || status === null) return null;
  // Counted behind the name of the program, which may have blanks in it.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const state = fields[STATE] ?? '';
  if ('ZX'.includes(state)) return null;
  const ticks = (at: number) => Number(fields[at]);
  const field = (name: string) => new RegExp(`^${name}:\\s+(\\w+)`, 'm').exec(status)?.[1];
  const [uptimeSeconds] = readFileSync('/proc/uptime', 'utf8').split(' ').map(Number);
  const args = procList(pid, 'cmdline');
  const exe = procLink(pid, 'exe');
  const caught = field('SigCgt');
  return {
    pid,
    uid: Number(field('Uid')),
    parentPid: ticks(PARENT),
    startTicks: ticks(START_TICKS),
    program: programName(args),
    cwd: procLink(pid, 'cwd'),
    ageMs: Math.max(0, uptimeSeconds! - ticks(START_TICKS) / TICKS_PER_SECOND) * MS_PER_SECOND,
    rssBytes: Number(field('VmRSS') ?? 0) * BYTES_PER_KB,
    cpuMs: ((ticks(USER_TICKS) + ticks(SYSTEM_TICKS)) * MS_PER_SECOND) / TICKS_PER_SECOND,
    cpuPercent: null,
    executable:
      exe
        ?.replace(/ \(deleted\)$/, '')
        .split('/')
        .at(-1) ?? '',
    isStopped: 'Tt'.includes(state),
    catchesSigusr1:
      caught === undefined ? null : (BigInt(`0x${caught}`) >> SIGUSR1_BIT) % 2n === 1n,
    isReadable: exe !== null,
  };
}

/** Where there is no `/proc`: what `ps` tells, which is neither signals nor descriptors. */
function fromPs(which: readonly string[]): ProcessFacts[] {
  try {
    const columns = 'pid=,uid=,ppid=,etime=,rss=,pcpu=,command=';
    const text = execFileSync('ps', ['-o', columns, ...which], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return text.split('\n').flatMap((line) => factsIn(line) ?? []);
  } catch {
    return [];
  }
}

const PS_LINE = /^\s*(\d+)\s+(\d+)\s+(\d+)\s+([\d:.-]+)\s+(\d+)\s+([\d.,]+)\s+(.+)$/;

/**
 * One line of `ps`. A path with a blank in it cannot be told from an argument there.
 * @internal
 */
export function factsIn(line: string): ProcessFacts | null {
  const [, pid, uid, parentPid, age, rss, cpu, command] = PS_LINE.exec(line) ?? [];
  if (command === undefined) return null;
  const args = command.split(' ');
  return {
    pid: Number(pid),
    uid: Number(uid),
    parentPid: Number(parentPid),
    startTicks: null,
    program: programName(args),
    cwd: null,
    ageMs: elapsedMs(age!),
    rssBytes: Number(rss) * BYTES_PER_KB,
    cpuMs: null,
    cpuPercent: Number(cpu!.replace(',', '.')),
    executable: args[0]!.split('/').at(-1)!,
    isStopped: false,
    catchesSigusr1: null,
    isReadable: null,
  };
}

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** `[[days-]hours:]minutes:seconds` */
function elapsedMs(text: string): number {
  const [, days = 0, hours = 0, minutes = 0, seconds = 0] =
    /^(?:(?:(\d+)-)?(\d+):)?(\d+):([\d.]+)$/.exec(text) ?? [];
  const total =
    Number(days) * DAY + Number(hours) * HOUR + Number(minutes) * MINUTE + Number(seconds);
  return total * MS_PER_SECOND;
}
