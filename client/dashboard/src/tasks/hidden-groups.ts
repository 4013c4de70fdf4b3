/** Groups that the reader does not want to see, remembered by this browser. */
import { createStore } from '../state/store.ts';

const STORAGE_KEY = 'pprofql.hidden-groups';
/** Ids of groups that are long gone must not pile up. */
const MAX_REMEMBERED = 500;

function load(): ReadonlySet<string> {
  try {
    const ids: unknown = JSON.parse(localStorage.getItem(STORAGE_KEY) ?? '[]');
    return new Set(Array.isArray(ids) ? ids.filter((id) => typeof id === 'string') : []);
  } catch {
    return new Set();
  }
}

export const hiddenGroups = createStore<ReadonlySet<string>>(load());

function save(ids: readonly string[]): void {
  const remembered = [...new Set(ids)].slice(-MAX_REMEMBERED);
  hiddenGroups.set(new Set(remembered));
  localStorage.setItem(STORAGE_KEY, JSON.stringify(remembered));
}

export function hideGroup(id: string): void {
  save([...hiddenGroups.get(), id]);
}

export function showGroup(id: string): void {
  save([...hiddenGroups.get()].filter((hidden) => hidden !== id));
}
