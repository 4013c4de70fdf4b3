import { useEffect, useRef } from 'react';
import { PreviousRunDocument, type PreviousRunQuery } from '../../generated/graphql.ts';
import { FrameList } from '../frames/frame-list.tsx';
import { FramePlace } from '../frames/frame-place.tsx';
import { type Frame, responsibleFrame } from '../frames/frames.ts';
import { useObservatory } from '../live/observatory.ts';
import { useTargetQuery } from '../live/target-query.ts';
import { formatBytes, formatCount } from '../shared/format.ts';
import { useStore } from '../state/store.ts';
import { useUrlParam } from '../state/url-state.ts';

type Run = NonNullable<PreviousRunQuery['previousRun']>;

const SHOWN_ROWS = 8;

/** How the run before this one died, and with one click what it held. */
export function PreviousRun() {
  const { feed, link } = useObservatory();
  const { instanceId } = useStore(feed.series);
  const { phase } = useStore(link.state);
  const [data, , ask] = useTargetQuery(PreviousRunDocument, {});
  // The next start has another run before it.
  const askedOf = useRef(instanceId);
  useEffect(() => {
    if (phase !== 'live' || askedOf.current === instanceId) return;
    askedOf.current = instanceId;
    ask();
  }, [phase, instanceId, ask]);
  const [opened, open] = useUrlParam('overview.run', '');
  const ref = useRef<HTMLElement>(null);
  const run = data?.previousRun ?? null;
  const isOpen = opened !== '';
  const isShown = run !== null && isOpen;
  useEffect(() => {
    if (isShown) ref.current?.scrollIntoView({ block: 'nearest' });
  }, [isShown]);
  if (run === null) return null;
  return (
    <section ref={ref} className="card stalls" aria-label="The run before">
      <h3>The run before</h3>
      <button
        type="button"
        className="disclosure"
        aria-expanded={isOpen}
        onClick={() => open(isOpen ? '' : 'previous')}
      >
        {run.sentence}
      </button>
      {isOpen && <RunDetail run={run} />}
    </section>
  );
}

function RunDetail({ run }: { run: Run }) {
  const { inuseAllocations, tasks, findings, lastStall, errorFrames } = run;
  return (
    <div className="stall-detail">
      {errorFrames.length > 0 && <FrameList frames={errorFrames} />}
      {findings.map(({ id, sentence }) => (
        <p key={id} className="note">
          {sentence}
        </p>
      ))}
      {lastStall !== null && <p className="note">{lastStall.sentence}</p>}
      {inuseAllocations === null ? (
        <p className="hint">Its heap was never read.</p>
      ) : (
        <Rows
          title="Held at last"
          rows={byLine(inuseAllocations).map(({ liveBytes, frames }) => ({
            figure: formatBytes(liveBytes),
            frames,
          }))}
        />
      )}
      {tasks !== null && (
        <Rows
          title="Waited at last"
          rows={tasks.map(({ count, state, frames }) => ({
            figure: `${formatCount(count)} ${state}`,
            frames,
          }))}
        />
      )}
    </div>
  );
}

/** Many stacks may lead to one line, as to a handler of a web framework. */
function byLine(allocations: NonNullable<Run['inuseAllocations']>) {
  const lines = new Map<string, { liveBytes: number; frames: readonly Frame[] }>();
  for (const { liveBytes, frames } of allocations) {
    const frame = responsibleFrame(frames);
    const key = `${frame?.function} ${frame?.file}:${frame?.line}`;
    const known = lines.get(key);
    if (known === undefined) lines.set(key, { liveBytes, frames });
    else known.liveBytes += liveBytes;
  }
  return [...lines.values()].sort((a, b) => b.liveBytes - a.liveBytes);
}

interface Row {
  figure: string;
  frames: readonly Frame[];
}

function Rows({ title, rows }: { title: string; rows: readonly Row[] }) {
  if (rows.length === 0) return null;
  return (
    <>
      <p className="hint">{title}</p>
      <ul>
        {rows.slice(0, SHOWN_ROWS).map(({ figure, frames }, index) => {
          const frame = responsibleFrame(frames);
          return (
            // biome-ignore lint/suspicious/noArrayIndexKey: they do not change any more
            <li key={index} className="place">
              <strong>{figure}</strong>
              {frame !== undefined && (
                <>
                  <span className="place-function">{frame.function}</span>
                  <FramePlace frame={frame} />
                </>
              )}
            </li>
          );
        })}
      </ul>
    </>
  );
}
