import { useEffect } from 'react';
import type { CaptureHeadFragment } from '../../generated/graphql.ts';
import { useObservatory } from '../live/observatory.ts';
import { EmptyState } from '../shared/empty-state.tsx';
import { useStore } from '../state/store.ts';
import { useUrlParam } from '../state/url-state.ts';
import { CaptureBar } from './capture-bar.tsx';
import { ComparisonView } from './comparison-view.tsx';

const LIST_REFRESH_MS = 5_000;

export function CapturesSection() {
  const { captures } = useObservatory();
  const { data, error } = useStore(captures.list.state);
  const [asked, chooseBase] = useUrlParam('captures.base', '');
  const [other, chooseOther] = useUrlParam('captures.with', '');
  useListRefresh();
  useFirstComparison(asked, other);
  const all = data?.captures ?? [];
  const base = all.find(({ name }) => name === asked) ?? all.at(-1);
  return (
    <>
      <CaptureBar onTaken={chooseBase} />
      {base === undefined ? (
        <EmptyState title={data === null ? 'Asking for captures' : 'Nothing is captured yet'}>
          {error ??
            'A capture keeps what is live now: memory by stack and tasks by group. Capture, do what you suspect of leaking, and compare.'}
        </EmptyState>
      ) : (
        <>
          <CaptureList all={all} base={base} onChoose={chooseBase} />
          <Comparing
            base={base.name ?? ''}
            others={all.filter(({ name }) => name !== base.name)}
            other={other}
            onChoose={chooseOther}
          />
        </>
      )}
    </>
  );
}

/** Others capture too; asking costs the observed program nothing. */
function useListRefresh(): void {
  const { captures, link } = useObservatory();
  useEffect(() => {
    const refresh = () => {
      const isReachable = link.state.get().phase === 'live';
      if (isReachable && document.visibilityState === 'visible') void captures.list.refresh();
    };
    refresh();
    const endFollowing = link.state.subscribe(refresh);
    const timer = setInterval(refresh, LIST_REFRESH_MS);
    return () => {
      endFollowing();
      clearInterval(timer);
    };
  }, [captures, link]);
}

/** An address that names a capture shows what changed since: after a reload, or sent to a colleague. */
function useFirstComparison(base: string, other: string): void {
  const { captures } = useObservatory();
  const isListed = useStore(captures.list.state).data?.captures.some(({ name }) => name === base);
  // biome-ignore lint/correctness/useExhaustiveDependencies: only as the section opens, not at every choice
  useEffect(() => {
    if (isListed && captures.comparison.get() === null) {
      void captures.compare(base, other === '' ? null : other);
    }
  }, [isListed === undefined]);
}

interface CaptureListProps {
  all: readonly CaptureHeadFragment[];
  base: CaptureHeadFragment;
  onChoose: (name: string) => void;
}

function CaptureList({ all, base, onChoose }: CaptureListProps) {
  const { captures } = useObservatory();
  return (
    <ul className="marks" aria-label="Captures">
      {all.map(({ name }) => (
        <li key={name}>
          <button
            type="button"
            aria-pressed={name === base.name}
            onClick={() => onChoose(name ?? '')}
          >
            {name}
          </button>
          <button
            type="button"
            className="quiet"
            aria-label={`Forget ${name}`}
            onClick={() => void captures.forget(name ?? '')}
          >
            ×
          </button>
        </li>
      ))}
    </ul>
  );
}

interface ComparingProps {
  base: string;
  others: readonly CaptureHeadFragment[];
  /** Name of the one that is compared with; empty: now. */
  other: string;
  onChoose: (other: string) => void;
}

function Comparing({ base, others, other, onChoose }: ComparingProps) {
  const { captures } = useObservatory();
  const { doing } = useStore(captures.attempt);
  const comparison = useStore(captures.comparison);
  const chosen = others.some(({ name }) => name === other) ? other : '';
  const isShown = comparison?.base === base && (comparison.with ?? '') === chosen;
  return (
    <>
      <div className="toolbar">
        <label className="select">
          <span>Compare “{base}” with</span>
          <select value={chosen} onChange={(event) => onChoose(event.target.value)}>
            <option value="">now</option>
            {others.map(({ name }) => (
              <option key={name} value={name ?? ''}>
                {name}
              </option>
            ))}
          </select>
        </label>
        <button
          type="button"
          className="primary"
          disabled={doing !== null}
          onClick={() => void captures.compare(base, chosen === '' ? null : chosen)}
        >
          {doing === 'comparison' ? 'Comparing…' : 'Compare'}
        </button>
      </div>
      {isShown ? (
        <ComparisonView diff={comparison.diff} />
      ) : (
        <EmptyState title={doing === 'comparison' ? 'Reading the heap' : 'Not compared yet'}>
          Do what you suspect of leaking, then compare: only what changed is listed.
        </EmptyState>
      )}
    </>
  );
}
