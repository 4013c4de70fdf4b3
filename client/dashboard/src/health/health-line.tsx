import { useEffect, useMemo } from 'react';
import { useObservatory, useTarget } from '../live/observatory.ts';
import { useProcess } from '../live/process.tsx';
import { growersOf, joinTables } from '../memory/allocation-rows.ts';
import { useFrozen, useNow } from '../shared/hooks.ts';
import { useStore } from '../shared/store.ts';
import { PageLink } from '../shell/page-link.tsx';
import type { Finding, Severity } from './finding.ts';
import { assessHealth } from './health.ts';
import { Vitals } from './vitals.tsx';

const RENEWED_MS = 1_000;

/** The first thing to read: whether the process is fine, and if not, why and where to look. */
export function HealthLine() {
  const findings = useFindings();
  const [first, ...others] = findings;
  usePageTitle(first);
  if (first === undefined) return null;
  return (
    <section className={`health health-${first.severity}`} aria-label="Health">
      <p className="health-first">
        <i className="health-mark" aria-hidden="true" />
        <FindingLink finding={first} />
      </p>
      <Vitals />
      {others.length > 0 && (
        <ul className="health-others">
          {others.map((finding) => (
            <li key={finding.sentence} className={`health-${finding.severity}`}>
              <i className="health-mark" aria-hidden="true" />
              <FindingLink finding={finding} />
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

const TITLE_MARKS: Record<Severity, string> = {
  fine: '',
  unknown: '… ',
  warning: '▲ ',
  critical: '■ ',
};

/** The tab tells at a glance which process it watches and whether that is well. */
function usePageTitle(first: Finding | undefined): void {
  const program = useProcess()?.process.title ?? 'pprofql';
  const mark = TITLE_MARKS[first?.severity ?? 'unknown'];
  useEffect(() => {
    document.title = `${mark}${program} · pprofql`;
  }, [mark, program]);
}

function FindingLink({ finding }: { finding: Finding }) {
  if (Object.keys(finding.evidence).length === 0) return <span>{finding.sentence}</span>;
  return (
    <PageLink params={finding.evidence} className="finding">
      {finding.sentence}
    </PageLink>
  );
}

function useFindings(): Finding[] {
  const { link, feed, tasks, allocations, eventLoop, isPaused } = useObservatory();
  const { phase, sinceMs } = useStore(link.state);
  const { points } = useStore(feed.series);
  const { data: taskData } = useStore(tasks.state);
  const { data: loopData, receivedAtMs } = useStore(eventLoop.state);
  const { data: heap, baseline } = useStore(allocations.state);
  const target = useTarget();
  const heapLimitBytes = useProcess()?.pprof.memory.heapLimit ?? null;
  const nowMs = useNow(RENEWED_MS);
  const growers = useMemo(
    () =>
      heap === null || heap === baseline
        ? []
        : growersOf(joinTables(heap.pprof, baseline?.pprof ?? null)),
    [heap, baseline],
  );
  const findings = useMemo(
    () =>
      assessHealth({
        nowMs,
        phase,
        phaseSinceMs: sinceMs,
        target,
        points,
        loop: loopData === null ? null : { ...loopData, receivedAtMs: receivedAtMs ?? 0 },
        tasks: taskData?.goroutines.groups ?? [],
        growers,
        heapLimitBytes,
      }),
    [
      nowMs,
      phase,
      sinceMs,
      target,
      points,
      loopData,
      receivedAtMs,
      taskData,
      growers,
      heapLimitBytes,
    ],
  );
  return useFrozen(findings, useStore(isPaused));
}
