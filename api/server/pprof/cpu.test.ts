import { describe, expect, it, vi } from 'vitest';
import { DiagnosticsError } from '../../base/errors.ts';
import { createCpuProfiles } from '../../diagnostics/cpu/profiles.ts';
import { foldedStacks } from '../../formats/testing/folded-profile.ts';
import { fakeDiagnostics } from '../testing/fake-diagnostics.ts';
import {
  cpuProfile,
  cpuProfilesGiving,
  fetchProfile,
  serveProfiles,
} from '../testing/fake-profiles.ts';
import { send } from '../testing/raw-http.ts';
import { serve } from '../testing/serve.ts';

describe('a CPU profile', () => {
  it('is taken for 30 seconds, or as long as is asked for', async () => {
    const asked: number[] = [];
    const cpuProfiles = cpuProfilesGiving({ kind: 'TAKEN', profile: cpuProfile }, asked);
    const { url } = await serve({ diagnostics: fakeDiagnostics({ cpuProfiles }) });
    const { response, profile } = await fetchProfile(`${url}debug/pprof/profile`);
    expect(response.headers.get('content-disposition')).toBe('attachment; filename="profile"');
    expect(foldedStacks(profile).map(([stack, count]) => [stack, count])).toEqual([
      ['main', 1],
      ['main;work', 2],
    ]);
    await fetchProfile(`${url}debug/pprof/profile?seconds=7`);
    expect(asked).toEqual([30, 7]);
  });

  it.each(['0', '-5', 'x', '', '1.5', '0x5', '1e1', '7s', '99999999999999999999'])(
    'is taken for 30 seconds where seconds is %j, as in Go',
    async (seconds) => {
      const asked: number[] = [];
      const cpuProfiles = cpuProfilesGiving({ kind: 'TAKEN', profile: cpuProfile }, asked);
      const { url } = await serve({ diagnostics: fakeDiagnostics({ cpuProfiles }) });
      await fetchProfile(`${url}debug/pprof/profile?seconds=${seconds}`);
      expect(asked).toEqual([30]);
    },
  );

  it('is shorter by default where no more is allowed, and says how long it may be', async () => {
    const sampler = {
      start: vi.fn(async () => ({ startedAtMs: 0 })),
      finish: async () => {
        throw new DiagnosticsError('UNAVAILABLE', 'never asked');
      },
      cancel: () => {},
    };
    const cpuProfiles = createCpuProfiles({ sampler, maxSeconds: 10, instanceId: 'instance' });
    const { url, api } = await serve({ diagnostics: fakeDiagnostics({ cpuProfiles }) });
    for (const seconds of [11, 601, 100_000]) {
      expect(await send(`${url}debug/pprof/profile?seconds=${seconds}`)).toMatchObject({
        status: 400,
        body: expect.stringContaining('from 0.1 to 10 (option maxCpuProfileSeconds)'),
      });
    }
    const answer = send(`${url}debug/pprof/profile`);
    await vi.waitFor(() => expect(sampler.start).toHaveBeenCalled());
    expect(sampler.start).toHaveBeenCalledWith(expect.objectContaining({ durationMs: 10_000 }));
    await api.stop();
    await answer;
  });

  it('is refused while another is taken, with the time of its end', async () => {
    const endsAtMs = Date.now() + 4_500;
    const running = { id: 'instance-2', startedAtMs: 0, endsAtMs };
    const cpuProfiles = cpuProfilesGiving({ kind: 'ALREADY_RUNNING', running });
    const { url } = await serve({ diagnostics: fakeDiagnostics({ cpuProfiles }) });
    expect(await send(`${url}debug/pprof/profile?seconds=1`)).toMatchObject({
      status: 409,
      headers: { 'retry-after': expect.stringMatching(/^[45]$/) },
      body: expect.stringContaining(new Date(endsAtMs).toISOString()),
    });
  });

  it('that was cancelled is no profile', async () => {
    const cpuProfiles = cpuProfilesGiving({ kind: 'CANCELLED', id: 'instance-2' });
    const { url } = await serve({ diagnostics: fakeDiagnostics({ cpuProfiles }) });
    expect(await send(`${url}debug/pprof/profile`)).toMatchObject({ status: 503 });
  });

  it('that is kept is found by its id, for go tool pprof and for DevTools', async () => {
    const { url } = await serveProfiles();
    const { profile } = await fetchProfile(`${url}debug/pprof/cpu/instance-1.pb.gz`);
    expect(profile.samples).toHaveLength(2);
    const timeline = await fetch(`${url}debug/pprof/cpu/instance-1.cpuprofile`);
    expect(timeline.headers.get('content-disposition')).toContain('instance-1.cpuprofile');
    expect(await timeline.json()).toMatchObject({ samples: [2, 3, 3, 4] });
    for (const name of ['instance-9.pb.gz', 'instance-1.svg', 'instance-1']) {
      expect((await send(`${url}debug/pprof/cpu/${name}`)).status).toBe(404);
    }
  });
});
