/** Messages through a port by what Node had for it when pprofql was loaded: the program may replace that. */
import { MessagePort } from 'node:worker_threads';

const { apply } = Reflect;
const { postMessage } = MessagePort.prototype;

/** @returns false where nobody will get it any more, as far as Node says so */
export function postTo(port: MessagePort, message: unknown): boolean {
  const isSent: unknown = apply(postMessage, port, [message]);
  return isSent !== false;
}
