/** What the kernel tells of a process: which run it is, and what may end it. Empty where it is not Linux. */
import { readFileSync, readlinkSync } from 'node:fs';
import { hasEnded } from '../../base/launch/ended.ts';
import type { BoxKernel, BoxProcess } from './record/record.ts';

type Identity = Pick<BoxProcess, 'startTicks' | 'bootId' | 'pidNamespace'>;

/** Of `/proc/PID/stat`, counted behind the name of the program, which may have blanks in it. */
const STATE = 0;
const START_TICKS = 19;
/** Where there is no limit, the older cgroups tell a number like this. */
const NO_LIMIT_BYTES = 2 ** 60;

export function identify(pid: number | 'self'): Identity {
  return {
    startTicks: statOf(pid)?.startTicks ?? null,
    bootId: textOf('/proc/sys/kernel/random/boot_id'),
    pidNamespace: linkOf('/proc/self/ns/pid'),
  };
}

/** Null where there is no such process, or the system does not tell. A zombie is none any more. */
function statOf(pid: number | 'self'): { startTicks: number } | null {
  const text = textOf(`/proc/${pid}/stat`);
  if (text === null) return null;
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const startTicks = Number(fields[START_TICKS]);
  return 'ZX'.includes(fields[STATE] ?? '') || !Number.isFinite(startTicks) ? null : { startTicks };
}

/**
 * Whether a process is still there. Null where that cannot be told: it counts in another namespace, or the
 * system does not tell when it was started.
 */
export function isAlive({ pid, startTicks, bootId, pidNamespace }: BoxProcess): boolean | null {
  const own = identify('self');
  if (startTicks === null || own.startTicks === null)
    return process.platform !== 'linux' && hasEnded(pid) ? false : null;
  if (bootId !== own.bootId) return false;
  if (pidNamespace !== own.pidNamespace) return null;
  return statOf(pid)?.startTicks === startTicks;
}

export function readKernel(): BoxKernel {
  const kills = /^oom_kill (\d+)$/m.exec(textOf('/proc/vmstat') ?? '')?.[1];
  return {
    ...memoryOf(textOf('/proc/self/cgroup')),
    killsOnMachine: kills === undefined ? null : Number(kills),
  };
}

/** @param cgroups text of `/proc/self/cgroup` */
function memoryOf(cgroups: string | null): Omit<BoxKernel, 'killsOnMachine'> {
  const unified = /^0::(\/.*)$/m.exec(cgroups ?? '')?.[1];
  const older = /^\d+:(?:[^:]*,)?memory(?:,[^:]*)?:(\/.*)$/m.exec(cgroups ?? '')?.[1];
  const folders = [
    ...(older === undefined ? [] : foldersOf('/sys/fs/cgroup/memory', older)),
    ...(unified === undefined ? [] : foldersOf('/sys/fs/cgroup', unified)),
  ];
  const first = (files: readonly string[], pattern: RegExp): number | null => {
    for (const folder of folders) {
      for (const file of files) {
        const found = pattern.exec(textOf(`${folder}/${file}`) ?? '')?.[1];
        if (found !== undefined) return Number(found);
      }
    }
    return null;
  };
  const limitBytes = first(['memory.max', 'memory.limit_in_bytes'], /^(\d+)$/);
  return {
    killsForMemory: first(['memory.events', 'memory.oom_control'], /^oom_kill (\d+)$/m),
    memoryLimitBytes: limitBytes === null || limitBytes >= NO_LIMIT_BYTES ? null : limitBytes,
  };
}

/** A container sees its own group as the root, whatever the path says. */
function foldersOf(root: string, path: string): string[] {
  return path.includes('..') || path === '/' ? [root] : [`${root}${path}`, root];
}

function textOf(path: string): string | null {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return null;
  }
}

function linkOf(path: string): string | null {
  try {
    return readlinkSync(path);
  } catch {
    return null;
  }
}
