import { CopyButton } from './copy-button.tsx';
import { formatCount } from './format.ts';

/** How many are told at once: each is looked up by itself. */
const MOST_SHOWN = 5;

export interface ShownSpan {
  traceId: string;
  spanId: string;
  /** Tasks that were made in it; null where it is of one thing alone. */
  count: number | null;
}

/** Spans of OpenTelemetry, each with its trace, to be looked up where traces are kept. */
export function SpanList({ spans }: { spans: readonly ShownSpan[] }) {
  if (spans.length === 0) return null;
  const rest = spans.length - MOST_SHOWN;
  return (
    <ul className="routes" aria-label="Traces">
      {spans.slice(0, MOST_SHOWN).map(({ traceId, spanId, count }) => (
        <li key={`${traceId} ${spanId}`}>
          trace <code>{traceId}</code>
          <CopyButton text={traceId} label={`Copy trace ${traceId}`} /> span <code>{spanId}</code>
          <CopyButton text={spanId} label={`Copy span ${spanId}`} />{' '}
          {count !== null && formatCount(count)}
        </li>
      ))}
      {rest > 0 && <li>{formatCount(rest)} more</li>}
    </ul>
  );
}
