import type { TargetFragment, TargetKind } from '../../generated/graphql.ts';
import { useObservatory } from '../live/observatory.ts';
import { findTarget } from '../live/targets.ts';
import { useStore } from '../state/store.ts';
import { navigate } from '../state/url-state.ts';

const KIND_NAMES: Record<TargetKind, string | null> = {
  NODE: 'Node',
  NODE_THREAD: 'Node, thread',
  GO: 'Go',
  PPROFQL: 'Node, remote',
  FILE: null,
  FLEET: 'all instances',
  UNKNOWN: null,
};

/** Which process the page shows; nothing where there is only one. */
export function TargetSwitch() {
  const { targets, target } = useObservatory();
  const list = useStore(targets);
  const current = findTarget(list, target);
  if (list.length < 2 && current !== null) return null;
  return (
    <label className="select target-switch">
      <span className="sr-only">Target</span>
      <select
        value={current?.name ?? ''}
        onChange={(event) => navigate(addressOfTarget(event.target.value))}
      >
        {current === null && <option value="">Choose a target</option>}
        {list.map((each) => (
          <option key={each.name} value={each.name}>
            {label(each)}
          </option>
        ))}
      </select>
    </label>
  );

  /** The same section of the other target. What was found and opened here, it does not have. */
  function addressOfTarget(name: string): string {
    const view = new URLSearchParams(window.location.search).get('view');
    const isDefault = name === list[0]?.name;
    return `?${new URLSearchParams({
      ...(view !== null && { view }),
      ...(!isDefault && { target: name }),
    })}`;
  }
}

function label({ name, title, kind, state }: TargetFragment): string {
  if (title !== null && state !== 'FAILING') return title;
  const about = state === 'FAILING' ? 'failing' : kind === null ? null : KIND_NAMES[kind];
  return about === null ? name : `${name} (${about})`;
}
