/** The instances of the fleet, asked for again and again while somebody looks. */
import { useEffect, useState } from 'react';
import { FleetDocument, type InstanceRowFragment } from '../../generated/graphql.ts';
import { useObservatory } from '../live/observatory.ts';
import { explain } from '../live/source.ts';
import { useFrozen } from '../state/hooks.ts';
import { useStore } from '../state/store.ts';

/** Of what the instances have told: it costs them nothing. */
const REFRESH_MS = 3_000;

interface FleetState {
  /** Null before the first answer. */
  instances: readonly InstanceRowFragment[] | null;
  services: readonly string[];
  /** Why the last question failed; null where it did not. */
  error: string | null;
}

export function useFleet(): FleetState {
  const { link, isPaused } = useObservatory();
  const isStill = useStore(isPaused);
  const [state, setState] = useState<FleetState>({ instances: null, services: [], error: null });
  useEffect(() => {
    let isAsking = false;
    let isOver = false;
    async function refresh(): Promise<void> {
      if (isAsking || document.visibilityState !== 'visible') return;
      isAsking = true;
      try {
        const { services } = await link.ask(FleetDocument, {});
        const instances = services.flatMap((service) => service.instances);
        const names = services.map(({ name }) => name);
        if (!isOver) setState({ instances, services: names, error: null });
      } catch (error) {
        if (!isOver) setState((before) => ({ ...before, error: explain(error) }));
      } finally {
        isAsking = false;
      }
    }
    void refresh();
    const timer = setInterval(() => void refresh(), REFRESH_MS);
    return () => {
      isOver = true;
      clearInterval(timer);
    };
  }, [link]);
  return useFrozen(state, isStill);
}
