import { useDeferredValue, useMemo, useState } from 'react';
import type { Answered } from '../../../core/query/answered.ts';
import type { TasksQuery } from '../../generated/graphql.ts';
import { useObservatory } from '../live/observatory.ts';
import { EmptyState } from '../shared/empty-state.tsx';
import { formatCount, formatDuration } from '../shared/format.ts';
import { SearchBox } from '../shared/search-box.tsx';
import { Segmented } from '../shared/segmented.tsx';
import { useFrozen } from '../state/hooks.ts';
import { useStore } from '../state/store.ts';
import { useUrlChoice, useUrlParam } from '../state/url-state.ts';
import { ExactReadBar, useExactRead } from './exact-read.tsx';
import { hiddenGroups } from './hidden-groups.ts';
import { CreatorTable, LockTable } from './lock-tables.tsx';
import { RawDumpButton } from './raw-dump-button.tsx';
import { TaskList } from './task-list.tsx';
import { TaskProofs } from './task-proofs.tsx';
import { CATEGORIES, filterTasks, SORTS, sortTasks, statesOf, taskRows } from './task-rows.ts';
import { TrackingNote } from './tracking-note.tsx';

export function TasksSection() {
  const { tasks, isPaused } = useObservatory();
  const state = useFrozen(useStore(tasks.state), useStore(isPaused));
  const exact = useExactRead(state.data?.goroutines ?? null);
  if (state.data === null) {
    return state.error === null ? (
      <EmptyState title="Reading the live tasks">
        They are asked for with every new point.
      </EmptyState>
    ) : (
      <EmptyState title="The tasks could not be read">{state.error}</EmptyState>
    );
  }
  const goroutines = exact.goroutines ?? state.data.goroutines;
  const isTracked = goroutines.instrumentation.enabled || goroutines.dump !== null;
  if (!isTracked) {
    return (
      <EmptyState title="Async tasks are not tracked">
        {goroutines.instrumentation.disabledReason}
      </EmptyState>
    );
  }
  return (
    <>
      {state.error !== null && (
        <p className="note note-warning" role="status">
          These are the last known tasks: {state.error}
        </p>
      )}
      {goroutines.observation.via === 'LAST_KNOWN' && (
        <p className="note note-warning" role="status">
          The process does not answer: these are its tasks of{' '}
          {formatDuration(goroutines.observation.ageMs)} ago.
        </p>
      )}
      <TrackingNote goroutines={goroutines} />
      <LockTable locks={goroutines.locks} />
      <CreatorTable creators={goroutines.creators} />
      <ExactReadBar exact={exact} pauseMs={goroutines.instrumentation.exactReadPauseMs} />
      <TaskProofs />
      <FilteredTasks goroutines={goroutines} baseline={state.baseline?.goroutines ?? null} />
    </>
  );
}

type Goroutines = Answered<TasksQuery>['goroutines'];

function FilteredTasks({
  goroutines,
  baseline,
}: {
  goroutines: Goroutines;
  baseline: Goroutines | null;
}) {
  const hidden = useStore(hiddenGroups);
  const [text, setText] = useUrlParam('tasks.find', '');
  const [category, setCategory] = useUrlChoice('tasks.category', CATEGORIES, 'all');
  const [state, setState] = useUrlParam('tasks.state', '');
  const [sort, setSort] = useUrlChoice('tasks.order', SORTS, 'stuck');
  const [only, setOnly] = useUrlParam('tasks.only', '');
  const [isShowingHidden, setIsShowingHidden] = useState(false);

  const rows = useMemo(() => taskRows(goroutines.groups, baseline), [goroutines, baseline]);
  const needle = useDeferredValue(text);
  const matching = useMemo(
    () =>
      sortTasks(
        filterTasks(rows, { text: needle, category, state, isStuckOnly: only === 'stuck' }),
        sort,
      ),
    [rows, needle, category, state, only, sort],
  );
  const hiddenHere = rows.filter((row) => hidden.has(row.id)).length;
  const shown = isShowingHidden ? matching : matching.filter((row) => !hidden.has(row.id));

  return (
    <>
      <div className="toolbar">
        <SearchBox label="Find a function, file or route" value={text} onChange={setText} />
        <Segmented
          label="Category"
          options={[
            { value: 'all', label: 'All' },
            { value: 'PER_REQUEST', label: 'Request' },
            { value: 'BACKGROUND', label: 'Background' },
            { value: 'UNKNOWN', label: 'Unknown' },
          ]}
          value={category}
          onChange={setCategory}
        />
        <button
          type="button"
          aria-pressed={only === 'stuck'}
          onClick={() => setOnly(only === 'stuck' ? '' : 'stuck')}
        >
          Stuck only
        </button>
        <label className="select">
          <span>State</span>
          <select value={state} onChange={(event) => setState(event.target.value)}>
            <option value="">all</option>
            {statesOf(rows).map((name) => (
              <option key={name}>{name}</option>
            ))}
          </select>
        </label>
        <label className="select">
          <span>Order</span>
          <select value={sort} onChange={(event) => setSort(event.target.value as typeof sort)}>
            <option value="stuck">stuck first</option>
            <option value="count">most tasks</option>
            <option value="wait">longest wait</option>
            <option value="growth">most growth</option>
          </select>
        </label>
        {hiddenHere > 0 && (
          <button
            type="button"
            aria-pressed={isShowingHidden}
            onClick={() => setIsShowingHidden(!isShowingHidden)}
          >
            {formatCount(hiddenHere)} hidden
          </button>
        )}
        <RawDumpButton />
      </div>
      {shown.length === 0 ? (
        <EmptyState title={rows.length === 0 ? 'No live tasks' : 'No group matches'}>
          {rows.length === 0
            ? 'The process waits for nothing at the moment.'
            : 'Clear the filters, or bring hidden groups back.'}
        </EmptyState>
      ) : (
        <TaskList rows={shown} hidden={hidden} />
      )}
    </>
  );
}
