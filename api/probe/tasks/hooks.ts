/**
 * Tells of promises and of Node's resources as they are made, while it is on. Promises by V8's own
 * hook: that of `async_hooks` runs code of Node's for each, and before and after each continuation.
 */
import { createHook } from 'node:async_hooks';
import { promiseHooks } from 'node:v8';

export interface TaskHooks {
  /** Before Node 24 the second is called for promises as well, which it has to disregard. */
  onPromise: (promise: object, parent: object | undefined) => void;
  onResource: (asyncId: number, type: string, triggerAsyncId: number, resource: object) => void;
}

/** @returns what turns them on and off. */
export function createTaskHooks({ onPromise, onResource }: TaskHooks): (isOn: boolean) => void {
  const resources = createHook({ init: onResource, trackPromises: false });
  let stopPromises: (() => void) | null = null;
  return (isOn) => {
    if (isOn === (stopPromises !== null)) return;
    if (isOn) {
      resources.enable();
      stopPromises = promiseHooks.onInit(
        onPromise as (promise: Promise<unknown>) => void,
      ) as () => void;
    } else {
      stopPromises?.();
      stopPromises = null;
      resources.disable();
    }
  };
}
