import type { FindingFragment } from '../../generated/graphql.ts';
import type { LinkState } from '../connection/link.ts';
import { useObservatory } from '../live/observatory.ts';
import { useProcess } from '../live/process.tsx';
import { formatAge } from '../shared/format.ts';
import { useNow } from '../state/hooks.ts';
import { useStore } from '../state/store.ts';
import { TargetSwitch } from './target-switch.tsx';

const UPTIME_RENEWED_MS = 1_000;

/** Which process is watched, whether the page is connected to it, and the pause switch. */
export function Header() {
  const { isPaused } = useObservatory();
  const isFrozen = useStore(isPaused);
  return (
    <header className="top">
      <h1>
        pprof<span className="accent">ql</span>
      </h1>
      <TargetSwitch />
      <ProcessFacts />
      <Connection />
      <button type="button" aria-pressed={isFrozen} onClick={() => isPaused.set(!isFrozen)}>
        {isFrozen ? 'Resume' : 'Pause'}
      </button>
    </header>
  );
}

function ProcessFacts() {
  const facts = useProcess()?.process;
  const nowMs = useNow(UPTIME_RENEWED_MS);
  if (facts === undefined) return <p className="process" />;
  return (
    <p className="process">
      <strong>{facts.title}</strong>
      {facts.pid !== null && <span>pid {facts.pid}</span>}
      {facts.nodeVersion !== null && <span>Node {facts.nodeVersion.replace(/^v/, '')}</span>}
      {facts.goVersion !== null && <span>Go {facts.goVersion.replace(/^go/, '')}</span>}
      {facts.startedAt !== null && <span>up {formatAge(nowMs - Date.parse(facts.startedAt))}</span>}
    </p>
  );
}

/** A page that is connected may still have nothing to show of its target. */
function Connection() {
  const { link, health } = useObservatory();
  const state = useStore(link.state);
  const findings = useStore(health.state)?.findings ?? [];
  const isSilent = state.phase === 'live' && findings.some(isSilence);
  return (
    <span className={`connection connection-${isSilent ? 'silent' : state.phase}`} role="status">
      <i aria-hidden="true" />
      {isSilent ? 'Not answering' : connectionName(state)}
    </span>
  );
}

/** A target may also refuse one question and answer the others: that is a warning. */
function isSilence({ kind, severity }: FindingFragment): boolean {
  return kind === 'NOT_ANSWERING' && severity === 'CRITICAL';
}

function connectionName({ phase, transport }: LinkState): string {
  switch (phase) {
    case 'live':
      return transport === 'sse' ? 'Live over HTTP' : 'Live';
    case 'lost':
      return 'Reconnecting';
    default:
      return 'Connecting';
  }
}
