/** What a connection of Node's tells of the request it is busy with. Never throws. */
import type { RequestState } from '../../readings/requests.ts';

/** The parts of Node's objects that are read, all of them optional. */
export interface Http1Socket {
  destroyed?: boolean;
  /** The response that is written now; null where there is none. */
  _httpMessage?: { req?: object; headersSent?: boolean } | null;
  /** What is being read. */
  parser?: { incoming?: object | null } | null;
}

type IsIt = (request: object) => boolean;

/** A request cannot be answered any more over a connection that is gone, or was taken from its response. */
export function isConnectionOver(connection: object | undefined): boolean {
  if (connection === undefined) return true;
  try {
    const { destroyed, _httpMessage: response } = connection as Http1Socket;
    return destroyed === true || response === null;
  } catch {
    return false;
  }
}

/** The request that is answered or read now, if it is the one that is looked for. */
export function requestOnSocket(socket: Http1Socket, isIt: IsIt): object | undefined {
  try {
    const answered = socket._httpMessage?.req;
    if (answered != null && isIt(answered)) return answered;
    const read = socket.parser?.incoming;
    return read != null && isIt(read) ? read : undefined;
  } catch {
    return undefined;
  }
}

export function stateOfRequest(socket: Http1Socket | undefined, isIt: IsIt): RequestState {
  try {
    const response = socket?._httpMessage;
    if (response?.req == null) return 'handling';
    if (!isIt(response.req)) return 'queued';
    if (response.headersSent === true) return 'responding';
    return (response.req as { complete?: boolean }).complete === false ? 'receiving' : 'handling';
  } catch {
    return 'handling';
  }
}
