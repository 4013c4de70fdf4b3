import type { RequestsQuery } from '../../generated/graphql.ts';
import { formatCount, formatDuration, plural } from '../shared/format.ts';

type Coverage = NonNullable<RequestsQuery['requestCoverage']>;

/** How much is known of the requests in flight. */
export function CoverageNote({ coverage, shown }: { coverage: Coverage; shown: number }) {
  const { requestsInFlight: total, placeKnown, beyondLimit, observation } = coverage;
  return (
    <>
      {observation.via === 'LAST_KNOWN' && (
        <p className="note note-warning" role="status">
          The process does not answer: these are its requests of {formatDuration(observation.ageMs)}{' '}
          ago.
        </p>
      )}
      <p className="hint">
        {plural(total, 'request')} in flight{total > 0 && total <= shown && ', each of them'}
        {total > shown && `, the slowest ${formatCount(shown)} of them`}
        {total > 0 && ` listed. Where they wait is known of ${formatCount(placeKnown)}`}
        {total > 0 && placeKnown < total && ': the tasks of the others were not recorded'}.
        {beyondLimit !== null &&
          beyondLimit > 0 &&
          ` ${plural(beyondLimit, 'request')} came when too many were in flight.`}
      </p>
    </>
  );
}
