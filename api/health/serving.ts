/** Whether anybody waits for what the program does. */
import type { Evidence } from './evidence/evidence.ts';

/** As Node names them. */
const SERVERS = /^(?:TCP|Pipe)ServerWrap$|^UDPWrap$/i;
const TCP_SERVER = /^TCPServerWrap$/i;

/** A job, a command or a worker of a queue has neither a server nor served a request. True where that is not known. */
export function isServing({ outside, routes }: Pick<Evidence, 'outside' | 'routes'>): boolean {
  if (routes?.some(({ count }) => count > 0)) return true;
  const handles = outside?.levels.at(-1)?.handles ?? null;
  if (handles === null) return true;
  return Object.keys(handles).some((name) => SERVERS.test(name));
}

/** Nobody but the program itself has asked its servers, which are such as nobody else finds: those of a test, or a mock. */
export function isServingItself({
  outside,
  hasServedItself = false,
}: Pick<Evidence, 'outside' | 'hasServedItself'>): boolean {
  const handles = Object.keys(outside?.levels.at(-1)?.handles ?? {});
  const servers = handles.filter((name) => SERVERS.test(name));
  return hasServedItself && servers.every((name) => TCP_SERVER.test(name));
}
