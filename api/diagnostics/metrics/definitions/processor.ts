/** What garbage collections and all the rest take of the CPU. */
import type { CpuFigures } from '../../../analyzers/figures.ts';
import { US_PER_SECOND } from '../../../base/numbers/units.ts';
import { type Definition, one, seconds, type Value } from './definition.ts';

export const PROCESSOR: readonly Definition[] = [
  one(
    'pprofql_gc_pauses',
    'counter',
    'Garbage collections, all kinds.',
    ({ figures }) => figures?.gc.count,
  ),
  one(
    'pprofql_gc_pause_seconds',
    'counter',
    'How long garbage collections have stopped the thread, all together.',
    (known) => seconds(known.gcPauseMs),
  ),
  one(
    'pprofql_cpu_seconds',
    'counter',
    'CPU time of the whole process, user and system together; of a worker thread its own.',
    ({ figures }) => cpuSeconds(figures?.cpu),
  ),
];

function cpuSeconds(cpu: CpuFigures | null | undefined): Value {
  return cpu == null ? null : (cpu.userUs + (cpu.systemUs ?? 0)) / US_PER_SECOND;
}
