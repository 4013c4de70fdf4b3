import { useEffect } from 'react';
import { Provider } from 'urql';
import type { TargetFragment } from '../../generated/graphql.ts';
import { HealthLine } from '../health/health-line.tsx';
import { ObservatoryProvider, useObservatory, useTarget } from '../live/observatory.ts';
import type { Page } from '../live/page.ts';
import { ProcessProvider } from '../live/process.tsx';
import { findTarget } from '../live/targets.ts';
import { EmptyState } from '../shared/empty-state.tsx';
import { useStore } from '../state/store.ts';
import { useUrlParam } from '../state/url-state.ts';
import { ConnectionNotice } from './connection-notice.tsx';
import { Header } from './header.tsx';
import { SectionNav } from './section-nav.tsx';
import { useSections } from './sections.ts';
import { TokenPrompt } from './token-prompt.tsx';

export function App({ page }: { page: Page }) {
  const { connection, phase } = useStore(page.link.state);
  const [target] = useUrlParam('target', '');
  const observatory = page.observatoryOf(target === '' ? null : target);
  return (
    <ObservatoryProvider value={observatory}>
      <Provider value={connection.urql}>
        {phase === 'unauthorized' ? <TokenPrompt /> : <KnownTarget key={target} />}
      </Provider>
    </ObservatoryProvider>
  );
}

/** An address may name a target that is not there (any more). */
function KnownTarget() {
  const { targets, target } = useObservatory();
  const list = useStore(targets);
  const isUnknown = list.length > 0 && findTarget(list, target) === null;
  return isUnknown ? <UnknownTarget /> : <Watched />;
}

function UnknownTarget() {
  const { target } = useObservatory();
  return (
    <>
      <Header />
      <main id="content">
        <EmptyState title={`There is no target ${target}`}>
          Worker threads and child processes come and go, other targets are configured where pprofql
          is started. Choose one of those that there are.
        </EmptyState>
      </main>
    </>
  );
}

function Watched() {
  const observatory = useObservatory();
  useEffect(() => observatory.watch(), [observatory]);
  return (
    <ProcessProvider>
      <a className="skip-link" href="#content">
        Skip to the content
      </a>
      <Header />
      <HealthLine />
      <Sections />
    </ProcessProvider>
  );
}

function Sections() {
  const [view] = useUrlParam('view', '');
  const sections = useSections();
  const section = sections.find(({ id }) => id === view) ?? sections[0];
  const failure = useFailure();
  return (
    <>
      <SectionNav sections={sections} current={section.id} />
      <ConnectionNotice />
      <main id="content" tabIndex={-1}>
        <h2 className="sr-only">{section.title}</h2>
        {failure === null ? (
          <section.Content key={section.id} />
        ) : (
          <EmptyState title={`${failure.name} does not answer`}>
            It is asked again and again; its figures appear here once it answers.
          </EmptyState>
        )}
      </main>
    </>
  );
}

/** A target of which there is nothing to show, for it has never answered this page. */
function useFailure(): TargetFragment | null {
  const target = useTarget();
  const { points } = useStore(useObservatory().feed.series);
  // Of a fleet that cannot be reached, what was read before is still shown.
  const isSilent = target?.state === 'FAILING' && target.kind !== 'FLEET';
  return isSilent && points.length === 0 ? target : null;
}
