import { expect, it } from 'vitest';
import { isOfPm2, programFile } from './program-file.ts';

it.each([
  ['/srv/app.js', {}, '/srv/app.js'],
  [undefined, {}, null],
  ['/pm2/lib/ProcessContainerFork.js', { pm_exec_path: '/srv/app.js' }, '/srv/app.js'],
  ['/pm2/lib/ProcessContainer.js', { pm2_env: '{"pm_exec_path":"/srv/app.js"}' }, '/srv/app.js'],
  ['/srv/app.js', { pm2_env: 'no JSON' }, '/srv/app.js'],
  ['/srv/app.js', { pm2_env: '{"pm_exec_path":5}' }, '/srv/app.js'],
])('the program of %s with %j is %s', (file, env, program) => {
  expect(programFile(file, env)).toBe(program);
});

it('knows a process of pm2', () => {
  expect(isOfPm2({ pm_id: '0' })).toBe(true);
  expect(isOfPm2({ pm2_env: '{}' })).toBe(true);
  expect(isOfPm2({})).toBe(false);
});
