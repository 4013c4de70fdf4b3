import type { MadeEvidence, OutsideEvidence, OutsideLevel } from '../evidence/outside.ts';

/** How many more sockets of clients there are for each that is kept: some clients have two, or none. */
const LEAST_EACH = 0.45;
const MOST_EACH = 2.5;

/**
 * Whether about as many more clients are connected as something was made in the same time: a heartbeat or
 * a compressor for each client that stays is no leak.
 */
export function liveWithConnections(
  { kept, oldestAtMs, newestAtMs }: Pick<MadeEvidence, 'kept' | 'oldestAtMs' | 'newestAtMs'>,
  { levels, made }: Pick<OutsideEvidence, 'levels' | 'made'>,
): boolean {
  const before = levels.findLast(({ atMs }) => atMs <= (oldestAtMs ?? 0)) ?? levels[0];
  const after = levels.find(({ atMs }) => atMs >= (newestAtMs ?? 0)) ?? levels.at(-1);
  const span = { sinceMs: before?.atMs ?? 0, untilMs: after?.atMs ?? 0 };
  const grown = socketsOf(after) - socketsOf(before) - keptOf(made, isOpened, span);
  // Of its own sockets Node lists none that keeps nothing alive, such as the idle ones of an agent.
  return [grown, keptOf(made, isAccepted, span)].some(
    (clients) => clients >= LEAST_EACH * kept && clients <= MOST_EACH * kept,
  );
}

function socketsOf(level: OutsideLevel | undefined): number {
  return socketsIn(level?.handles ?? null);
}

export function socketsIn(handles: OutsideLevel['handles']): number {
  return handles?.TCPSocketWrap ?? 0;
}

/** Nobody in the program is on the stack where a client connects. */
function isAccepted({ kind, frames }: MadeEvidence): boolean {
  return kind === 'TCPWRAP' && frames.length === 0;
}

function isOpened({ kind, frames }: MadeEvidence): boolean {
  return kind === 'TCPWRAP' && frames.length > 0;
}

interface TimeSpan {
  sinceMs: number;
  untilMs: number;
}

function keptOf(
  made: readonly MadeEvidence[],
  isMeant: (each: MadeEvidence) => boolean,
  span: TimeSpan,
): number {
  return made.filter(isMeant).reduce((sum, each) => sum + keptOfTime(each, span), 0);
}

/** As many of them as there would be of that time if they were made evenly. */
function keptOfTime(
  { kept, oldestAtMs, newestAtMs }: MadeEvidence,
  { sinceMs, untilMs }: TimeSpan,
): number {
  if (oldestAtMs === null || newestAtMs === null) return 0;
  const lastedMs = Math.max(1, newestAtMs - oldestAtMs);
  const withinMs = Math.min(untilMs, newestAtMs) - Math.max(sinceMs, oldestAtMs);
  return kept * Math.min(1, Math.max(0, withinMs / lastedMs));
}
