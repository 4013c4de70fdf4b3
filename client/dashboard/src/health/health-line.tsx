import { useEffect, useMemo, useState } from 'react';
import type { FindingFragment } from '../../generated/graphql.ts';
import { useIsGo, useObservatory, useTarget } from '../live/observatory.ts';
import { useProcess } from '../live/process.tsx';
import { formatClock, plural } from '../shared/format.ts';
import { PageLink } from '../shell/page-link.tsx';
import { useFrozen, useNow } from '../state/hooks.ts';
import { useStore } from '../state/store.ts';
import { evidenceOf, LATEST_STALL } from './evidence-link.ts';
import { type HealthLine as Line, linesOf, type Tone } from './lines.ts';
import { Vitals } from './vitals.tsx';

const RENEWED_MS = 1_000;

/** The first thing to read: whether the process is fine, and if not, why and where to look. */
export function HealthLine() {
  const [first, ...others] = useLines();
  usePageTitle(first);
  if (first === undefined) return null;
  return (
    <section className={`health health-${first.tone}`} aria-label="Health">
      <p className={`health-first health-${first.tone}`}>
        <i className="health-mark" aria-hidden="true" />
        <LineText line={first} />
      </p>
      <Vitals />
      {first.finding !== null && <NextStep finding={first.finding} />}
      {others.length > 0 && (
        <ul className="health-others">
          {others.map((line) => (
            <li key={line.finding?.id ?? line.sentence} className={`health-${line.tone}`}>
              <i className="health-mark" aria-hidden="true" />
              <div>
                <LineText line={line} />
                {line.tone !== 'unknown' && line.finding !== null && (
                  <NextStep finding={line.finding} />
                )}
              </div>
            </li>
          ))}
        </ul>
      )}
      <Cleared />
    </section>
  );
}

/** For who comes when all is over. */
function Cleared() {
  const { health, isPaused } = useObservatory();
  const known = useFrozen(useStore(health.state), useStore(isPaused));
  const cleared = known?.cleared ?? [];
  // What is closed is no part of the page: a search in it finds what is wrong now.
  const [isOpen, setOpen] = useState(false);
  if (cleared.length === 0) return null;
  return (
    <details className="health-cleared" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{plural(cleared.length, 'finding')} cleared in the last hour</summary>
      {isOpen && (
        <ul>
          {cleared.map(({ id, sentence, clearedAt }) => (
            <li key={id}>
              <time dateTime={clearedAt}>{formatClock(Date.parse(clearedAt))}</time> {sentence}
            </li>
          ))}
        </ul>
      )}
    </details>
  );
}

const TITLE_MARKS: Record<Tone, string> = {
  fine: '',
  unknown: '… ',
  warning: '▲ ',
  critical: '■ ',
};

/** The tab tells at a glance which process it watches and whether that is well. */
function usePageTitle(first: Line | undefined): void {
  const program = useProcess()?.process.title ?? 'pprofql';
  const mark = TITLE_MARKS[first?.tone ?? 'unknown'];
  useEffect(() => {
    document.title = `${mark}${program} · pprofql`;
  }, [mark, program]);
}

function LineText({ line: { sentence, finding } }: { line: Line }) {
  if (finding === null) return <span>{sentence}</span>;
  return <FindingLink finding={finding} />;
}

/** In sight: a tooltip shows nothing on a phone, nor to who uses the keys. */
function NextStep({ finding }: { finding: FindingFragment }) {
  return <p className="health-next">Next step: {finding.nextStep}</p>;
}

function FindingLink({ finding }: { finding: FindingFragment }) {
  const evidence = evidenceOf(finding.kind, useStall(), useIsGo());
  // Of a fleet it is with one of its instances.
  const params = useTarget()?.kind === 'FLEET' ? null : evidence;
  return (
    <span title={finding.nextStep}>
      {params === null ? (
        finding.sentence
      ) : (
        <PageLink params={params} className="finding">
          {finding.sentence}
        </PageLink>
      )}
    </span>
  );
}

/** The finding is pushed, the stalls are asked for: it may be here before its stall is known. */
function useStall(): string | null {
  const { eventLoop } = useObservatory();
  const { data } = useStore(eventLoop.state);
  if (data !== null && data.eventLoop.unwatchedReason !== null) return null;
  return data?.stalls.find(({ durationMs }) => durationMs === null)?.id ?? LATEST_STALL;
}

function useLines(): Line[] {
  const { link, health, isPaused } = useObservatory();
  const { phase, sinceMs } = useStore(link.state);
  const known = useStore(health.state);
  const nowMs = useNow(RENEWED_MS);
  // A new list at every render would never come to rest.
  const lines = useMemo(
    () => linesOf({ health: known, phase, phaseSinceMs: sinceMs, nowMs }),
    [known, phase, sinceMs, nowMs],
  );
  return useFrozen(lines, useStore(isPaused));
}
