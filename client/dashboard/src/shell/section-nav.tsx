import { useEffect, useRef } from 'react';
import { stuckCount } from '../health/lines.ts';
import { useObservatory } from '../live/observatory.ts';
import { formatCount } from '../shared/format.ts';
import { useStore } from '../state/store.ts';
import { PageLink } from './page-link.tsx';
import type { Section } from './sections.ts';

interface SectionNavProps {
  sections: readonly Section[];
  current: string;
}

/** The navigation; filters of one section do not follow into another. */
export function SectionNav({ sections, current }: SectionNavProps) {
  const { link, health } = useObservatory();
  const stuck = stuckCount(useStore(health.state));
  const navRef = useRef<HTMLElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another section is current
  useEffect(() => {
    const link = navRef.current?.querySelector('[aria-current]');
    link?.scrollIntoView({ block: 'nearest', inline: 'center' });
  }, [current]);
  return (
    <nav ref={navRef} className="sections" aria-label="Sections">
      {sections.map(({ id, title }) => (
        <PageLink key={id} params={{ view: id }} isCurrent={id === current}>
          {title}
          {id === 'tasks' && stuck > 0 && (
            <span className="count-badge">
              {formatCount(stuck)}
              <span className="sr-only"> stuck</span>
            </span>
          )}
        </PageLink>
      ))}
      {/* biome-ignore lint/security/noBlankTarget: a page of this server, which reads the token of its opener */}
      <a className="to-graphiql" href={link.endpoint.http} target="_blank" rel="opener">
        GraphiQL
        <span aria-hidden="true"> ↗</span>
      </a>
    </nav>
  );
}
