/** Whether anybody waits for what the program does. */
import type { Evidence } from './evidence/evidence.ts';

/** As Node names them. */
const SERVERS = /^(?:TCP|Pipe)ServerWrap$|^UDPWrap$/i;

/** A job, a command or a worker of a queue has neither a server nor served a request. True where that is not known. */
export function isServing({ outside, routes }: Pick<Evidence, 'outside' | 'routes'>): boolean {
  if (routes?.some(({ count }) => count > 0)) return true;
  const handles = outside?.levels.at(-1)?.handles ?? null;
  if (handles === null) return true;
  return Object.keys(handles).some((name) => SERVERS.test(name));
}
