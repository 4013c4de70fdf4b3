import { durationText } from '../../../api/base/text/duration.ts';
import type { RequestInFlight, RouteStats } from '../../methods/requests.ts';
import { countText, msText, percentText, placeText } from '../text.ts';
import { defineTool, rows } from './tool.ts';

export const requests = defineTool({
  name: 'requests',
  description:
    'The HTTP requests that the program is serving now, slowest first, with the line at which each waits where that is known; and for each route how many it served, how long they took, and where that time went.',
  properties: { limit: rows(50, 10) },
  isReadOnly: true,
  async answer(target, { limit }, signal) {
    const [inFlight, coverage, routes] = await Promise.all([
      target.requests({ limit, signal }),
      target.requestCoverage({ signal }),
      target.routes({ limit, signal }),
    ]);
    if (inFlight === null || routes === null) return ['This target tells nothing of requests.'];
    const total = coverage?.requestsInFlight ?? inFlight.length;
    return [
      `${countText(total, 'request')} in flight${total > inFlight.length ? `, the slowest ${inFlight.length}` : ''}:`,
      ...inFlight.map(requestLine),
      'Routes, those first that most time went to:',
      ...routes.map(routeLine),
    ];
  },
});

function requestLine({ method, route, ageMs, state, waitsAt }: RequestInFlight): string {
  const place = waitsAt === null ? '' : `, waits in ${placeText(waitsAt)}`;
  return `${method} ${route}: for ${durationText(ageMs)}, ${state}${place}`;
}

function routeLine({ route, count, inFlight, waits, ...times }: RouteStats): string {
  const { p50Ms, p95Ms, p99Ms, maxMs } = times;
  const parts = waits
    .slice(0, 4)
    .map(({ share, kind, waitsAt }) =>
      [percentText(share * 100), waitsAt === null ? kind : placeText(waitsAt)].join(' '),
    );
  const spent = parts.length === 0 ? '' : `; its time: ${parts.join(', ')}`;
  return `${route}: ${count} served, ${inFlight} in flight, p50 ${msText(p50Ms)}, p95 ${msText(p95Ms)}, p99 ${msText(p99Ms)}, longest ${msText(maxMs)}${spent}`;
}
