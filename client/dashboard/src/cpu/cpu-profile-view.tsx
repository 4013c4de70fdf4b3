import { fromCombinedError } from '../../../core/errors/combined-error.ts';
import { type CpuProfileDetailFragment, CpuProfileDocument } from '../../generated/graphql.ts';
import { useObservatory } from '../live/observatory.ts';
import { explain } from '../live/source.ts';
import { useTargetQuery } from '../live/target-query.ts';
import { EmptyState } from '../shared/empty-state.tsx';
import { useUrlParam } from '../state/url-state.ts';
import { CpuFlame } from './cpu-flame.tsx';
import { FunctionTable } from './functions/function-table.tsx';
import { RouteTable } from './functions/route-table.tsx';
import { ProfileNote } from './profile-note.tsx';

/** One finished profile, asked for by its id: a reload or a shared link shows the same. */
export function CpuProfileView({ id }: { id: string }) {
  const { link } = useObservatory();
  const [data, error] = useTargetQuery(CpuProfileDocument, { id });
  if (data === undefined) {
    return error === undefined ? (
      <EmptyState title="Reading the profile" />
    ) : (
      <EmptyState title="The profile could not be read">
        {explain(fromCombinedError(error, link.endpoint.http))}
      </EmptyState>
    );
  }
  const [profile] = data.cpuProfiles;
  return profile === undefined ? (
    <EmptyState title="This profile is no longer kept">
      The last few are, until the process ends. Take another one.
    </EmptyState>
  ) : (
    <Profile profile={profile} />
  );
}

function Profile({ profile }: { profile: CpuProfileDetailFragment }) {
  const [text, setText] = useUrlParam('cpu.find', '');
  return (
    <>
      <ProfileNote profile={profile} />
      <RouteTable routes={profile.routes} unavailable={profile.routesUnavailable} />
      <CpuFlame nodes={profile.callTree} highlight={text} />
      <FunctionTable functions={profile.topFunctions} text={text} onFind={setText} />
    </>
  );
}
