import { Provider } from 'urql';
import { HealthLine } from '../health/health-line.tsx';
import { type Observatory, ObservatoryProvider } from '../live/observatory.ts';
import { ProcessProvider } from '../live/process.tsx';
import { useStore } from '../shared/store.ts';
import { useUrlParam } from '../shared/url-state.ts';
import { ConnectionNotice } from './connection-notice.tsx';
import { Header } from './header.tsx';
import { SectionNav } from './section-nav.tsx';
import { SECTIONS } from './sections.ts';
import { TokenPrompt } from './token-prompt.tsx';

export function App({ observatory }: { observatory: Observatory }) {
  const { client, phase } = useStore(observatory.link.state);
  return (
    <ObservatoryProvider value={observatory}>
      <Provider value={client}>
        <ProcessProvider>{phase === 'unauthorized' ? <TokenPrompt /> : <Page />}</ProcessProvider>
      </Provider>
    </ObservatoryProvider>
  );
}

function Page() {
  const [view] = useUrlParam('view', SECTIONS[0].id);
  const section = SECTIONS.find(({ id }) => id === view) ?? SECTIONS[0];
  return (
    <>
      <a className="skip-link" href="#content">
        Skip to the content
      </a>
      <Header />
      <HealthLine />
      <SectionNav current={section.id} />
      <ConnectionNotice />
      <main id="content" tabIndex={-1}>
        <h2 className="sr-only">{section.title}</h2>
        <section.Content key={section.id} />
      </main>
    </>
  );
}
