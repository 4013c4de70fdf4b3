/** Moments that the reader marked, with what was live then. Kept for this browser session. */
import type { AllocationsQuery, TasksQuery } from '../../generated/graphql.ts';
import { createStore } from '../shared/store.ts';

export interface Mark {
  id: string;
  /** In milliseconds of the page's clock. */
  atMs: number;
  /** Name of the target it is of; null: the default one. */
  target: string | null;
  instanceId: string;
  /** Heap used and resident set then, from the metrics; null without a point. */
  heapUsedBytes: number | null;
  rssBytes: number | null;
  /** Null where the heap could not be read. */
  allocations: AllocationsQuery['pprof'] | null;
  tasks: TasksQuery['goroutines'] | null;
}

const STORAGE_KEY = 'pprofql.marks';
const MAX_MARKS = 6;

function load(): readonly Mark[] {
  try {
    const marks: unknown = JSON.parse(sessionStorage.getItem(STORAGE_KEY) ?? '[]');
    return Array.isArray(marks) ? (marks as Mark[]) : [];
  } catch {
    return [];
  }
}

export const marks = createStore<readonly Mark[]>(load());

/** Keeps the latest few; what does not fit the browser's storage lives until the page is left. */
export function addMark(mark: Mark): void {
  keep([...marks.get(), mark].slice(-MAX_MARKS));
}

export function removeMark(id: string): void {
  keep(marks.get().filter((mark) => mark.id !== id));
}

function keep(next: readonly Mark[]): void {
  marks.set(next);
  try {
    sessionStorage.setItem(STORAGE_KEY, JSON.stringify(next));
  } catch {
    sessionStorage.removeItem(STORAGE_KEY);
  }
}
