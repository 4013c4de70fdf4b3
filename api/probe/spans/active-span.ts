/**
 * The span of OpenTelemetry that the code running now belongs to. Its API is never imported: all copies of
 * it meet under a symbol of the global object, and where there is none, looking there is all that is done.
 */
import type { SpanIds } from '../readings/span.ts';
import { createStamp } from '../requests/context/stamp.ts';

/** Set by version 1 of `@opentelemetry/api`, whichever copy of it is loaded first. */
const API = Symbol.for('opentelemetry.js.api.1');
/** Under which a context holds its span. */
const SPAN = Symbol.for('OpenTelemetry Context Key SPAN');

const TRACE_ID = /^(?!0+$)[0-9a-f]{32}$/;
const SPAN_ID = /^(?!0+$)[0-9a-f]{16}$/;

/** What is used of OpenTelemetry's, all of it optional: it is the program's. */
export interface ContextManager {
  active?(): unknown;
  with?: unknown;
}

export interface ActiveSpans {
  /** Null where no span is active, or OpenTelemetry is not there. Never throws. */
  current(): SpanIds | null;
  /** The span of a context of OpenTelemetry's. Never throws. */
  ofContext(context: unknown): SpanIds | null;
}

/** What knows the active context; null where OpenTelemetry is not there, or nobody has set it up. Never throws. */
export function contextManager(): ContextManager | null {
  try {
    const api = (globalThis as { [API]?: { context?: ContextManager } })[API];
    return api?.context ?? null;
  } catch {
    return null;
  }
}

export function createActiveSpans(): ActiveSpans {
  /** A span is asked for its ids once. Nothing of ours refers to it. */
  const known = createStamp<SpanIds | null>();

  function idsOf(span: unknown): SpanIds | null {
    if (typeof span !== 'object' || span === null) return null;
    const before = known.get(span);
    if (before !== undefined) return before;
    const ids = readIds(span);
    known.set(span, ids);
    return ids;
  }

  function ofContext(context: unknown): SpanIds | null {
    try {
      return idsOf((context as { getValue?(key: symbol): unknown } | null)?.getValue?.(SPAN));
    } catch {
      // A span of the program's own making.
      return null;
    }
  }

  return {
    ofContext,
    current() {
      const manager = contextManager();
      if (manager === null) return null;
      try {
        return ofContext(manager.active?.());
      } catch {
        return null;
      }
    },
  };
}

function readIds(span: {
  spanContext?(): { traceId?: unknown; spanId?: unknown };
}): SpanIds | null {
  const { traceId, spanId } = span.spanContext?.() ?? {};
  return isId(traceId, TRACE_ID) && isId(spanId, SPAN_ID) ? { traceId, spanId } : null;
}

function isId(id: unknown, form: RegExp): id is string {
  return typeof id === 'string' && form.test(id);
}
