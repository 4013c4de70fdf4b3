/**
 * A program as a container runs it that is told to be careful: on file systems that cannot be written, as a user
 * without rights. Where mounting is not allowed, as in many containers, there is nothing to try.
 */
import { spawnSync } from 'node:child_process';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { createDiagnosticsClient } from '../../../client/index.ts';
import { Program } from '../../../scripts/testing/program.ts';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
/** Where the sources are bound to, for the user may not be let into the folder that they are in. */
const PLACE = '/mnt';
const NODE = relative(ROOT, process.execPath);

const canMount =
  !NODE.startsWith('..') &&
  spawnSync('unshare', ['--mount', 'mount', '--bind', ROOT, PLACE]).status === 0 &&
  spawnSync('setpriv', ['--version']).status === 0;

const launch = () =>
  new Program(
    [
      '--mount',
      'sh',
      '-ec',
      `mount --bind ${ROOT} ${PLACE}
      awk '{ print $5 }' /proc/self/mountinfo | sort -r | while read -r at; do
        mount -o remount,ro,bind "$at" 2>/dev/null || true
      done
      mount -t tmpfs -o ro,size=1m tmpfs /tmp
      cd ${PLACE}
      exec setpriv --reuid 1000 --regid 1000 --clear-groups --no-new-privs --bounding-set=-all --inh-caps=-all \\
        ./${NODE} --disable-warning=ExperimentalWarning --import ./api/register.ts --eval 'setInterval(() => {}, 1_000)'`,
    ],
    { command: 'unshare', env: { PPROFQL_BLACK_BOX: 'on', TMPDIR: '/tmp' } },
  );

describe.skipIf(!canMount)('on a read-only file system, as a user without rights', () => {
  it('a program is observed, but for what would have to be written', async () => {
    await using program = launch();
    const client = createDiagnosticsClient({ url: await program.url() });
    const { instrumentation } = await client.query<{ instrumentation: Record<string, string> }>(
      '{ instrumentation { blackBoxDisabledReason } }',
      {},
    );
    expect(instrumentation.blackBoxDisabledReason).toMatch(/cannot be written/);
    const profile = await client.takeCpuProfile({ seconds: 0.2 });
    expect(profile).toMatchObject({ __typename: 'CpuProfile' });
    client.dispose();
    expect(program.stderr).toMatch(/^pprofql: http:\/\/127\.0\.0\.1:\d+\/\n$/);
    process.kill(program.pid, 'SIGTERM');
    expect(await program.ended).toMatchObject({ signal: 'SIGTERM', stdout: '' });
  });
});
