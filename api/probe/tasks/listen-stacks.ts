/** Who had a server listen, where Node goes on to do it in a later turn of the loop, as wherever a host is given. */
import { executionAsyncId } from 'node:async_hooks';
import { channel, subscribe, unsubscribe } from 'node:diagnostics_channel';
import { harmless } from '../../base/harmless.ts';
import type { StackHolder, StackStore } from './stack-store.ts';

interface Listening {
  server: { _handle?: { getAsyncId?: () => number } | null };
}

interface Begun {
  /** Node's id of the turn. */
  turn: number;
  holder: StackHolder;
}

const BEGINS = 'tracing:net.server.listen:asyncStart';
const LISTENS = 'tracing:net.server.listen:asyncEnd';

/**
 * @param retell gives the record of what Node made by this id another stack
 * @returns what ends it
 */
export function watchListening(
  stacks: Pick<StackStore, 'takeDeep'>,
  retell: (nodeId: number, holder: StackHolder) => void,
): () => void {
  const begun = new WeakMap<object, Begun>();

  const onBegin = harmless((message: unknown) => {
    const { server } = message as Listening;
    const holder = stacks.takeDeep(channel(BEGINS).publish);
    begun.set(server, { turn: executionAsyncId(), holder });
  });
  const onListening = harmless((message: unknown) => {
    const { server } = message as Listening;
    const call = begun.get(server);
    begun.delete(server);
    const nodeId = server._handle?.getAsyncId?.();
    // Within the call the stack of what was made is the same, and longer.
    if (call === undefined || nodeId === undefined || call.turn === executionAsyncId()) return;
    retell(nodeId, call.holder);
  });
  subscribe(BEGINS, onBegin);
  subscribe(LISTENS, onListening);
  return () => {
    unsubscribe(BEGINS, onBegin);
    unsubscribe(LISTENS, onListening);
  };
}
