/** Constant facts about the observed process. */

import os from 'node:os';
import path from 'node:path';
import { ownProcess } from '../../base/builtins.ts';
import { math } from '../../base/numbers/math.ts';
import { MS_PER_SECOND } from '../../base/numbers/units.ts';
import { wallClockMs } from '../../base/own-time.ts';
import { randomId } from '../../base/random-id.ts';
import type { ProcessReading } from '../readings/process.ts';

export const newInstanceId = (): string => randomId();

/** Reads them once; `instanceId` is new with every call. */
export function readProcessFacts(): ProcessReading {
  return {
    pid: ownProcess.pid,
    instanceId: newInstanceId(),
    startedAtMs: math.round(wallClockMs() - ownProcess.uptime() * MS_PER_SECOND),
    nodeVersion: ownProcess.version,
    v8Version: ownProcess.versions.v8,
    platform: ownProcess.platform,
    arch: ownProcess.arch,
    title: programTitle(ownProcess.argv),
    entryFile: ownProcess.argv[1],
    cwd: workingDirectory(),
    cpuCount: os.cpus().length,
    availableParallelism: os.availableParallelism(),
  };
}

/** `['node', '/srv/app.js', '--key', 'secret']` → `app.js (2 arguments)` */
function programTitle([, program, ...args]: readonly string[]): string {
  const name = program === undefined ? 'node' : path.basename(program);
  if (args.length === 0) return name;
  return `${name} (${args.length} ${args.length === 1 ? 'argument' : 'arguments'})`;
}

/** Empty when the folder has been removed meanwhile, for which Node throws. */
function workingDirectory(): string {
  try {
    return ownProcess.cwd();
  } catch {
    return '';
  }
}
