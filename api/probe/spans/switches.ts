/** Tells as code goes into the context of another span, and out of it, without a callback in between. */
import type { ContextManager } from './active-span.ts';

export interface SpanSwitches {
  /** What runs next has this context of OpenTelemetry's. Must not throw. */
  onEnter(context: unknown): void;
  /** What runs next has the active context again. Must not throw. */
  onLeave(): void;
}

type With = (this: unknown, ...args: readonly unknown[]) => unknown;

/**
 * Stands in for `with` of OpenTelemetry's context manager, by which all of its ways to make a span active
 * go, until the returned function is called. Everything passes through, errors too; a manager that does not
 * let itself be changed is left alone.
 */
export function followSpanSwitches(
  manager: ContextManager,
  { onEnter, onLeave }: SpanSwitches,
): () => void {
  let isOn = true;
  try {
    const { with: original } = manager;
    if (typeof original !== 'function') return () => {};
    const before = Object.getOwnPropertyDescriptor(manager, 'with');
    const standIn = createStandIn(original as With, {
      onEnter: (context) => isOn && onEnter(context),
      onLeave: () => isOn && onLeave(),
    });
    Object.defineProperty(manager, 'with', {
      value: standIn,
      writable: true,
      configurable: true,
      // What prints the manager is not to show it.
      enumerable: before?.enumerable ?? false,
    });
    return () => {
      isOn = false;
      giveBack(manager, standIn, before);
    };
  } catch {
    return () => {};
  }
}

function createStandIn(
  original: With,
  { onEnter, onLeave }: { onEnter(context: unknown): unknown; onLeave(): unknown },
): With {
  const holder = {
    with(this: unknown, ...args: readonly unknown[]) {
      onEnter(args[0]);
      try {
        return Reflect.apply(original, this, args);
      } finally {
        onLeave();
      }
    },
  };
  Object.defineProperty(holder.with, 'length', { value: original.length, configurable: true });
  return holder.with;
}

/** Where somebody else has wrapped it since, it stays below that, and does nothing any more. */
function giveBack(
  manager: ContextManager,
  standIn: With,
  before: PropertyDescriptor | undefined,
): void {
  try {
    if (Object.getOwnPropertyDescriptor(manager, 'with')?.value !== standIn) return;
    if (before === undefined) delete manager.with;
    else Object.defineProperty(manager, 'with', before);
  } catch {
    // Frozen meanwhile.
  }
}
