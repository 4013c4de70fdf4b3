/** Tasks: how many live, are stuck, or were left behind. */
import { type Definition, one, seconds } from './definition.ts';

export const TASKS: readonly Definition[] = [
  one(
    'pprofql_tasks',
    'gauge',
    'Live async tasks; of Go goroutines.',
    ({ figures }) => figures?.liveTasks,
  ),
  one(
    'pprofql_tasks_potentially_stuck',
    'gauge',
    'Tasks that have waited for over a minute or outlived their request, when tasks were last read: by somebody who looked, or because figures were suspect.',
    ({ tasks }) => tasks?.potentiallyStuck,
  ),
  one(
    'pprofql_tasks_left_behind',
    'gauge',
    'Tasks that live on although their request has ended, when tasks were last read.',
    ({ tasks }) => tasks?.outlivedRequest,
  ),
  one(
    'pprofql_tasks_read_timestamp_seconds',
    'gauge',
    'When the tasks were last read, as Unix time; a scrape never reads them.',
    ({ tasks }) => seconds(tasks?.readAtMs),
  ),
];
