/** CPU profiles below `/debug/pprof/`: a new one, and those that are kept, by their id. */

import { DiagnosticsError } from '../../base/errors.ts';
import type { CpuProfile } from '../../diagnostics/cpu/profile.ts';
import type { Diagnostics } from '../../diagnostics/types.ts';
import { cpuprofile } from '../../formats/devtools/cpuprofile.ts';
import { encodeProfile } from '../../formats/pprof/profile.ts';
import { cpuSecondsOf, type PprofAnswer, type PprofEndpoint, type PprofResource } from './query.ts';

const KEPT_PATH = /^cpu\/(?<id>[\w-]+)\.(?<form>pb\.gz|cpuprofile)$/;

export function cpuEndpoint(diagnostics: Diagnostics): PprofEndpoint {
  return {
    name: 'profile',
    exampleQuery: 'seconds=5',
    description:
      'CPU profile of the next <code>seconds</code> (30 unless given). One is taken at a time.',
    form: () => ({ kind: 'profile', fileName: 'profile' }),
    async answer({ params, signal }) {
      const seconds = cpuSecondsOf(params, diagnostics.cpuProfiles.maxSeconds);
      const outcome = await diagnostics.cpuProfiles.take({ seconds, signal });
      if (outcome.kind === 'TAKEN') return encoded('profile', outcome.profile, diagnostics);
      if (outcome.kind === 'CANCELLED') {
        throw new DiagnosticsError('STOPPED', 'the CPU profile was cancelled');
      }
      throw new DiagnosticsError(
        'PROFILE_ALREADY_RUNNING',
        `a CPU profile is being taken until ${new Date(outcome.running.endsAtMs).toISOString()}; ask again then`,
        { retryAfterMs: outcome.running.endsAtMs - Date.now() },
      );
    },
  };
}

/** The endpoint of a kept profile, or null where the name is not one of these. */
export function keptCpuEndpoint(name: string, diagnostics: Diagnostics): PprofResource | null {
  const { id, form } = KEPT_PATH.exec(name)?.groups ?? {};
  if (id === undefined) return null;
  function kept(): CpuProfile {
    const profile = diagnostics.cpuProfiles.get(id!);
    if (profile !== null) return profile;
    throw new DiagnosticsError(
      'NOT_FOUND',
      `there is no CPU profile ${id} (any more): only the last few are kept`,
    );
  }
  return {
    form() {
      const profile = kept();
      if (form === 'pb.gz') return { kind: 'profile', fileName: `${id}.pb.gz` };
      return timeline(profile);
    },
    async answer() {
      const profile = kept();
      if (form === 'pb.gz') return encoded(`${id}.pb.gz`, profile, diagnostics);
      return timeline(profile);
    },
  };
}

async function encoded(
  fileName: string,
  { profile }: CpuProfile,
  diagnostics: Diagnostics,
): Promise<PprofAnswer> {
  const { title: program } = await diagnostics.process();
  const chunks = encodeProfile(profile, { program, lines: 'functionStarts' });
  return { kind: 'profile', fileName, chunks };
}

function timeline({ id, reading }: CpuProfile): PprofAnswer {
  if (reading === null) {
    throw new DiagnosticsError('UNAVAILABLE', 'this profile has no timeline; take its .pb.gz');
  }
  return {
    kind: 'json',
    fileName: `${id}.cpuprofile`,
    json: JSON.stringify(cpuprofile(reading)),
  };
}
