import { lazy, Suspense } from 'react';
import { EmptyState } from '../shared/empty-state.tsx';

/** Loaded where there is a fleet alone. */
const Section = lazy(async () => ({ default: (await import('./fleet-section.tsx')).FleetSection }));

export function FleetSection() {
  return (
    <Suspense fallback={<EmptyState title="Reading the instances" />}>
      <Section />
    </Suspense>
  );
}
