/** A question of a component to the target that is looked at. */
import { useMemo } from 'react';
import { type CombinedError, type TypedDocumentNode, useQuery } from 'urql';
import { type Answered, isAnswered } from '../../../core/query/answered.ts';

import { ofTarget } from '../../../core/query/target-query.ts';

import { useStore } from '../state/store.ts';
import { useObservatory } from './observatory.ts';

/** @returns the last good answer, why the last question failed, and a function that asks again */
export function useTargetQuery<Data, Variables extends Record<string, unknown>>(
  document: TypedDocumentNode<Data, Variables>,
  variables: Variables,
): [data: Answered<Data> | undefined, error: CombinedError | undefined, ask: () => void] {
  const { link, target } = useObservatory();
  const { phase } = useStore(link.state);
  const query = useMemo(
    () => (target === null ? document : ofTarget(document)) as TypedDocumentNode<unknown>,
    [document, target],
  );
  const [{ data, error }, ask] = useQuery({
    query,
    variables: { ...variables, ...(target !== null && { targetName: target }) },
    pause: phase !== 'live',
  });
  const own = (target === null ? data : (data as { target?: unknown } | undefined)?.target) as
    | Data
    | null
    | undefined;
  return [own != null && isAnswered(own) ? own : undefined, error, ask];
}
