/** The run before this one, as far as it left something behind. */
import { type EndedRun, endedRunSentence } from '../../../health/ended-run.ts';
import type { BlackBox } from '../record/record.ts';
import { endedRunOf } from './ended-run.ts';

export interface PreviousRun
  extends Pick<
    BlackBox,
    'process' | 'memory' | 'history' | 'allocations' | 'tasks' | 'findings' | 'lastStall'
  > {
  end: EndedRun;
  sentence: string;
}

export function previousRunOf(
  box: BlackBox,
  nowMs: number,
  facts?: Parameters<typeof endedRunOf>[1],
  subject?: string,
): PreviousRun {
  const { process, memory, history, allocations, tasks, findings, lastStall } = box;
  const end = endedRunOf(box, facts);
  return {
    process,
    memory,
    history,
    allocations,
    tasks,
    findings,
    lastStall,
    end,
    sentence: endedRunSentence(end, nowMs, subject),
  };
}
