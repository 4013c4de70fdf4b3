/** Keeps a sidecar beside the calling thread: starts it again where it has ended by itself, or hung. */

import { OwnUrl } from '../base/builtins.ts';
import { logLine } from '../base/log.ts';
import { MS_PER_SECOND } from '../base/numbers/units.ts';
import type { ResolvedOptions } from '../base/options/options.ts';
import { clearTimeout, setTimeout } from '../base/own-time.ts';
import { settled, whenSettled } from '../base/waiting/settled.ts';
import { monotonicMs } from '../link/heartbeat.ts';
import type { ObservedProbe } from '../probe/probe.ts';
import type { Family } from '../targets/children/place.ts';
import type { BoxPlace } from './messages.ts';
import { type SidecarThread, startSidecarThread } from './thread.ts';

/** A sidecar that served for so long has not ended of its start: the waits begin anew. */
const LIVED_LONG_MS = 5 * 60_000;

export interface SidecarWaits {
  /** Before the first attempt; before each further one twice as long. @default 1_000 */
  firstWaitMs?: number;
  /** @default 60_000 */
  longestWaitMs?: number;
  /** Between two looks at whether its loop turns; at the sixth without a sign it is ended. @default 10_000 */
  pulseLookMs?: number;
}

export interface SidecarKeeping extends SidecarWaits {
  /** The sidecar prints its URL on stderr when it first listens. @default false */
  printsUrl?: boolean;
  /** With the program that it is of. @default false */
  namesProgram?: boolean;
  /** Where other processes of the family are found. @default none */
  family?: Family | null;
  /** Where it writes the black box. @default none */
  blackBox?: BoxPlace | null;
  /** Told when another process asks for the end of it. @default none may */
  onDetach?: (() => void) | null;
}

export interface KeptSidecar {
  /** The same after every start; empty where another process serves it. */
  url: string;
  /** Settles when no thread is left, and none will start. */
  stop(): Promise<void>;
}

/**
 * Settles once the sidecar listens for the first time. From then on it is always the same address
 * that is served, but for the times in which an ended sidecar waits for its next start. What the
 * sidecar knew (history, stalls, captures) goes with it; clients find a new instance.
 *
 * @throws DiagnosticsError with the sidecar's own reason when the first one cannot start.
 */
export async function keepSidecar(
  probe: ObservedProbe,
  options: ResolvedOptions,
  {
    printsUrl = false,
    namesProgram = false,
    family = null,
    firstWaitMs = 1_000,
    longestWaitMs = 60_000,
    pulseLookMs,
    blackBox = null,
    onDetach = null,
  }: SidecarKeeping = {},
): Promise<KeptSidecar> {
  let thread = startSidecarThread(probe, options, {
    mayMove: true,
    printsUrl,
    namesProgram,
    family,
    pulseLookMs,
    blackBox,
    onDetach,
  });
  const url = await thread.listening;
  /** One without an address may still find another home, which it then tells of. */
  const again: { mayMove: boolean; printsUrl: boolean } =
    url === null ? { mayMove: true, printsUrl } : { mayMove: false, printsUrl: false };
  const { port } = url === null ? options : new OwnUrl(url);
  let attempts = 0;
  let lastReason: string | null = null;
  let isStopping = false;
  let timer: NodeJS.Timeout | undefined;

  /** To be called while it listens. */
  function watch(listening: SidecarThread): void {
    const sinceMs = monotonicMs();
    listening.unref();
    const goOn = (reason: string) => {
      if (monotonicMs() - sinceMs >= LIVED_LONG_MS) {
        attempts = 0;
        lastReason = null;
      }
      startLater('have ended', reason);
    };
    whenSettled(listening.ended, goOn, () => {});
  }

  function startLater(what: string, reason: string): void {
    if (isStopping) return;
    const waitMs = Math.min(firstWaitMs * 2 ** attempts, longestWaitMs);
    attempts += 1;
    // Once, also where the same happens again and again.
    if (reason !== lastReason) {
      logLine(`diagnostics ${what} (${reason}); they start again in ${waitMs / MS_PER_SECOND} s`);
    }
    lastReason = reason;
    timer = setTimeout(() => settled(startAgain()), waitMs);
    timer.unref();
  }

  async function startAgain(): Promise<void> {
    try {
      const samePort = { ...options, port: Number(port) };
      const more = { namesProgram, family, pulseLookMs, blackBox, onDetach };
      thread = startSidecarThread(probe, samePort, { ...again, ...more });
      thread.unref();
      await thread.listening;
      watch(thread);
    } catch (error) {
      startLater('could not start again', error instanceof Error ? error.message : String(error));
    }
  }

  watch(thread);
  return {
    url: url ?? '',
    async stop() {
      isStopping = true;
      clearTimeout(timer);
      await thread.stop();
    },
  };
}
