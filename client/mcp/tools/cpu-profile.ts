import { durationText } from '../../../api/base/text/duration.ts';
import type { CpuProfile } from '../../methods/cpu-profiles.ts';
import { msText, percentText, placeText } from '../text.ts';
import { defineTool, rows, ToolError } from './tool.ts';

export const cpuProfile = defineTool({
  name: 'cpu_profile',
  description:
    'Takes a CPU profile of the program for some seconds, also while its event loop is stuck, and tells which functions and routes use the time. The program runs on, a few percent slower.',
  properties: {
    seconds: {
      type: 'integer',
      default: 5,
      minimum: 1,
      maximum: 60,
      description: 'For how long to profile, 1 to 60 seconds; 5 unless told.',
    },
    limit: rows(50, 12),
  },
  isReadOnly: false,
  async answer(target, { seconds, limit }, signal) {
    const result = await target.takeCpuProfile({ seconds, signal });
    if (result.__typename === 'ProfileAlreadyRunning') {
      throw new ToolError('PROFILE_ALREADY_RUNNING', result.message);
    }
    if (result.__typename === 'CpuProfileCancelled') {
      throw new ToolError('CANCELLED', 'somebody has cancelled the profile');
    }
    return linesOf(result, limit);
  },
});

function linesOf(profile: CpuProfile, limit: number): string[] {
  const { durationMs, busyMs, idleMs, garbageCollectorMs, topFunctions, routes } = profile;
  return [
    `In ${msText(durationMs)} the thread was busy for ${durationText(busyMs)}, idle for ${msText(idleMs)}, and collected garbage for ${msText(garbageCollectorMs)}.`,
    'Functions, by time of their own (and with what they called):',
    ...topFunctions
      .slice(0, limit)
      .map(
        (row) =>
          `${percentText(row.selfPercent)} (${percentText(row.totalPercent)}): ${placeText(row)}`,
      ),
    ...(routes ?? []).slice(0, limit).map(routeLine),
  ];
}

function routeLine({ route, percent, topFunctions }: NonNullable<CpuProfile['routes']>[number]) {
  const [hottest] = topFunctions;
  const most = hottest === undefined ? '' : `, most of it in ${placeText(hottest)}`;
  return `Route ${route}: ${percentText(percent)}${most}`;
}
