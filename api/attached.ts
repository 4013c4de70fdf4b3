/**
 * What `pprofql attach` calls inside a program, through the inspector: perhaps on top of a loop that never ends, so
 * that all that matters is done before `attach` returns. What is under way is kept in a hidden property
 * of the global object, where the next command finds it.
 */
import { DiagnosticsError } from './base/errors.ts';
import type { DiagnosticsOptions } from './base/options/options.ts';
import { settled, whenSettled } from './base/waiting/settled.ts';
import { leaveNoteOfEnd } from './sidecar/note.ts';
import { startDiagnostics } from './start.ts';
import { openFamilyApart } from './targets/children/place.ts';

const KEY = Symbol.for('pprofql.attached');

/** What has become of it so far. */
export type Outcome =
  | { state: 'STARTING' }
  | { state: 'RUNNING'; url: string }
  | { state: 'FAILED'; code: string; message: string };

interface Attachment {
  /** As JSON: all that crosses the inspector is text. */
  outcome(): string;
  stop(): Promise<void>;
}

type Holder = { [KEY]?: Attachment };

/** Starts observing the calling thread, unless that was done before. Never throws. @returns an `Outcome` as JSON */
export function attach(options: DiagnosticsOptions): string {
  const holder = globalThis as Holder;
  holder[KEY] ??
    keep(
      holder,
      start(options, () => delete holder[KEY]),
    );
  return holder[KEY]?.outcome() ?? JSON.stringify({ state: 'STARTING' } satisfies Outcome);
}

function keep(holder: Holder, value: Attachment): void {
  Object.defineProperty(holder, KEY, { value, configurable: true });
}

function start(options: DiagnosticsOptions, forget: () => void): Attachment {
  let outcome: Outcome = { state: 'STARTING' };
  const starting = startDiagnostics(options, {
    onDetach: () => void settled(stop()),
    family: openFamilyApart(),
  });
  async function stop(): Promise<void> {
    // Whoever attaches from now on starts anew.
    forget();
    const end = leaveNoteOfEnd();
    try {
      await (await starting).stop();
    } finally {
      end();
    }
  }
  whenSettled(
    starting,
    ({ url }) => {
      outcome = { state: 'RUNNING', url };
    },
    (error: unknown) => {
      const code = error instanceof DiagnosticsError ? error.code : 'UNAVAILABLE';
      outcome = { state: 'FAILED', code, message: (error as Error)?.message ?? String(error) };
    },
  );
  return {
    outcome() {
      // Told once: the next attempt is a new one.
      if (outcome.state === 'FAILED') forget();
      return JSON.stringify(outcome);
    },
    stop,
  };
}
