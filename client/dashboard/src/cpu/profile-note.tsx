import { useMemo } from 'react';
import type { CpuProfileDetailFragment } from '../../generated/graphql.ts';
import {
  formatClock,
  formatCount,
  formatDuration,
  formatPercent,
  formatShare,
  plural,
} from '../shared/format.ts';
import { programSamples } from './call-paths.ts';
import { DownloadLink } from './download-link.tsx';

/** A function with a tenth of so many is off by some 30 percent of that. */
const FEW_SAMPLES = 100;

/** When the profile was taken, what it covers, what it cost, and the same as files. */
export function ProfileNote({ profile }: { profile: CpuProfileDetailFragment }) {
  const { overhead } = profile;
  const samples = useMemo(() => programSamples(profile.callTree), [profile.callTree]);
  return (
    <div className="read-note">
      <dl className="facts">
        {factsOf(profile).map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <p className="cpu-downloads">
        <DownloadLink href={profile.downloadUrl}>pprof</DownloadLink>
        <DownloadLink href={profile.cpuprofileUrl}>.cpuprofile</DownloadLink>
      </p>
      {samples < FEW_SAMPLES && (
        <p className="warning-text">
          Functions of the program were at work in only {plural(samples, 'sample')}: their shares
          and order are a matter of chance. Take a longer profile, or one under load.
        </p>
      )}
      {overhead !== null && (
        <p className="hint">
          Taking it held the event loop up for {formatDuration(overhead.startPauseMs)} at the start
          and {formatDuration(overhead.stopPauseMs)} at the end;{' '}
          {formatPercent(overhead.ownPercent)} of the busy time was pprofql itself.
          {profile.observation.via === 'INSPECTOR' &&
            ' The event loop was stuck as it was fetched.'}
        </p>
      )}
    </div>
  );
}

function factsOf(profile: CpuProfileDetailFragment): [name: string, value: string][] {
  const { durationMs, busyMs, cpuMs, otherThreadsCpuMs } = profile;
  const facts: [string, string | null][] = [
    ['Taken at', profile.startedAt === null ? null : formatClock(Date.parse(profile.startedAt))],
    ['Over', durationMs === null ? null : formatDuration(durationMs)],
    [
      'Busy',
      `${formatDuration(busyMs)}${durationMs ? ` · ${formatShare(busyMs / durationMs)}` : ''}`,
    ],
    ['On the CPU', cpuMs === null ? null : formatDuration(cpuMs)],
    [
      'Collecting garbage',
      profile.garbageCollectorMs === null ? null : formatDuration(profile.garbageCollectorMs),
    ],
    ['Other threads', otherThreadsCpuMs === null ? null : formatDuration(otherThreadsCpuMs)],
    ['Samples', formatCount(profile.sampleCount)],
  ];
  return facts.filter((fact): fact is [string, string] => fact[1] !== null);
}
