/** Node's async resource types in the words a goroutine dump uses. */

/** What each async_hooks type of the probe waits for. */
const STATES: ReadonlyMap<string, string> = new Map([
  ['PROMISE', 'await'],
  ['HTTP_REQUEST', 'request'],
  ['HTTPCLIENTREQUEST', 'http response'],
  ['Timeout', 'timer'],
  ['TCPWRAP', 'IO wait'],
  ['PIPEWRAP', 'IO wait'],
  ['UDPWRAP', 'IO wait'],
  ['UDPSENDWRAP', 'IO wait'],
  ['TCPSERVERWRAP', 'listen'],
  ['PIPESERVERWRAP', 'listen'],
  ['TCPCONNECTWRAP', 'connect'],
  ['PIPECONNECTWRAP', 'connect'],
  ['TTYWRAP', 'terminal'],
  ['PROCESSWRAP', 'child process'],
  ['SIGNALWRAP', 'signal'],
  ['WORKER', 'worker'],
  ['MESSAGEPORT', 'message port'],
  ['FSREQCALLBACK', 'fs'],
  ['FSREQPROMISE', 'fs'],
  ['FSEVENTWRAP', 'file watch'],
  ['STATWATCHER', 'file watch'],
  ['GETADDRINFOREQWRAP', 'dns'],
  ['GETNAMEINFOREQWRAP', 'dns'],
  ['QUERYWRAP', 'dns'],
  ['ZLIB', 'zlib'],
]);

/** The rest of the probe's types run on the thread pool. */
const OTHER_STATE = 'crypto';

/** Active according to Node, and without a record that tells more. */
export const UNTRACKED_STATE = 'untracked';

export function stateOf(type: string): string {
  return STATES.get(type) ?? OTHER_STATE;
}

const LASTING_TYPES: ReadonlySet<string> = new Set([
  'TCPWRAP',
  'PIPEWRAP',
  'UDPWRAP',
  'TCPSERVERWRAP',
  'PIPESERVERWRAP',
  'TTYWRAP',
  'PROCESSWRAP',
  'SIGNALWRAP',
  'WORKER',
  'MESSAGEPORT',
  'FSEVENTWRAP',
  'STATWATCHER',
]);

/**
 * Whether a task of this type may be meant to outlast the request that opened it, as the
 * connections of a pool and the workers of one do.
 */
export function isLasting(type: string): boolean {
  return LASTING_TYPES.has(type);
}

const NODE_STATES: ReadonlySet<string> = new Set([
  ...STATES.values(),
  OTHER_STATE,
  UNTRACKED_STATE,
]);

/** True for the words of `stateOf`. Some are Go's as well. */
export function isNodeState(state: string): boolean {
  return NODE_STATES.has(state);
}

const LASTING_STATES: ReadonlySet<string> = new Set([...LASTING_TYPES].map(stateOf));

/** The same as `isLasting`, where only the state is known. */
export function isLastingState(state: string): boolean {
  return LASTING_STATES.has(state);
}
