import { afterEach, describe, expect, it, vi } from 'vitest';
import { createActiveSpans } from './active-span.ts';
import { followSpanSwitches } from './switches.ts';

const API = Symbol.for('opentelemetry.js.api.1');
const IDS = { traceId: '1'.repeat(32), spanId: '2'.repeat(16) };
const globals = globalThis as { [API]?: unknown };

/** An API of OpenTelemetry whose active context holds this span. */
function activate(span: unknown): void {
  globals[API] = { context: { active: () => ({ getValue: () => span }) } };
}

afterEach(() => {
  delete globals[API];
});

describe('the active span', () => {
  it('is none where OpenTelemetry is not there, or nobody has set it up', () => {
    expect(createActiveSpans().current()).toBeNull();
    globals[API] = { version: '1.9.1' };
    expect(createActiveSpans().current()).toBeNull();
  });

  it('is asked for its ids once', () => {
    const spans = createActiveSpans();
    const span = { spanContext: vi.fn(() => ({ ...IDS, traceFlags: 1 })) };
    activate(span);
    expect(spans.current()).toEqual(IDS);
    expect(spans.current()).toBe(spans.current());
    expect(span.spanContext).toHaveBeenCalledTimes(1);
    expect(Reflect.ownKeys(span)).toEqual(['spanContext']);
  });

  const failing = () => {
    throw new Error('of the program');
  };
  it.each<[string, unknown]>([
    ['no span', undefined],
    ['no object', 'span'],
    ['one without ids', {}],
    ['one that is no trace’s', { spanContext: () => ({ ...IDS, traceId: '0'.repeat(32) }) }],
    ['one whose ids are no ids', { spanContext: () => ({ ...IDS, spanId: 'GET /secret' }) }],
    ['one that throws', { spanContext: failing }],
  ])('is none for %s', (_what, span) => {
    activate(span);
    expect(createActiveSpans().current()).toBeNull();
  });

  it('is none where the program’s own context manager throws', () => {
    globals[API] = { context: { active: failing } };
    expect(createActiveSpans().current()).toBeNull();
    Object.defineProperty(globals, API, { get: failing, configurable: true });
    expect(createActiveSpans().current()).toBeNull();
  });
});

class Manager {
  readonly ran: unknown[] = [];

  active(): unknown {
    return undefined;
  }

  with(context: unknown, run: (...args: unknown[]) => unknown, that: unknown, ...args: unknown[]) {
    this.ran.push(context);
    return run.apply(that, args);
  }
}

function followed(manager: Manager) {
  const told: unknown[] = [];
  const unfollow = followSpanSwitches(manager, {
    onEnter: (context) => told.push(context),
    onLeave: () => told.push('left'),
  });
  return { told, unfollow };
}

describe('the stand-in for a context manager’s `with`', () => {
  it('passes everything through, and tells of it', () => {
    const manager = new Manager();
    const { told, unfollow } = followed(manager);
    const that = {};
    const result = manager.with(
      'outer',
      function (this: unknown, ...args) {
        return [this === that, args, manager.with('inner', () => 'done', null)];
      },
      that,
      1,
      2,
    );
    expect(result).toEqual([true, [1, 2], 'done']);
    expect(manager.ran).toEqual(['outer', 'inner']);
    expect(told).toEqual(['outer', 'inner', 'left', 'left']);
    unfollow();
  });

  it('lets errors through', () => {
    const manager = new Manager();
    const { told, unfollow } = followed(manager);
    const error = new Error('of the program');
    const run = () => {
      throw error;
    };
    expect(() => manager.with('outer', run, null)).toThrow(error);
    expect(told).toEqual(['outer', 'left']);
    unfollow();
  });

  it('looks like it, and is gone afterwards', () => {
    const manager = new Manager();
    const { unfollow } = followed(manager);
    expect([manager.with.name, manager.with.length]).toEqual(['with', 3]);
    expect(Object.keys(manager)).toEqual(['ran']);
    unfollow();
    expect(Object.getOwnPropertyNames(manager)).toEqual(['ran']);
  });

  it('gives back one that was there before', () => {
    const before = vi.fn();
    const manager = Object.assign(new Manager(), { with: before });
    followed(manager).unfollow();
    expect(manager.with).toBe(before);
  });

  it('says nothing any more below what somebody else has put on top of it', () => {
    const manager = new Manager();
    const { told, unfollow } = followed(manager);
    const { with: below } = manager;
    const onTop: Manager['with'] = (...args) => below.apply(manager, args);
    manager.with = onTop;
    unfollow();
    expect(manager.with).toBe(onTop);
    expect(manager.with('outer', () => 'done', null)).toBe('done');
    expect(told).toEqual([]);
  });

  it('leaves alone a manager that cannot be changed', () => {
    const manager = Object.freeze(new Manager());
    const { told, unfollow } = followed(manager);
    expect(manager.with('outer', () => 'done', null)).toBe('done');
    expect(told).toEqual([]);
    unfollow();
  });
});
