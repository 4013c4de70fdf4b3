/** What an instance tells of itself, as text that anybody may have written. Times are by the clock of the engine. */

import { finding, findingKind, frame } from '../../../diagnostics/black-box/record/read.ts';
import {
  aNumber,
  aText,
  listOf,
  oneOf,
  orNull,
  recordOf,
} from '../../../diagnostics/black-box/record/shape.ts';
import { HEALTH_STATUSES, type Health, type HealthStatus } from '../../../health/finding.ts';

/** Of what is asked and answered. An instance that speaks another one is shown, and not asked. */
export const PROTOCOL = 1;

/** What does not change while it runs. */
export interface About {
  protocol: number;
  /** Of pprofql; null where it is not known. */
  version: string | null;
  service: string;
  /** Of its machine, its container or its pod. */
  host: string;
  pid: number;
  /** The file that it runs, without its folder. */
  program: string;
  nodeVersion: string;
  startedAtMs: number;
  /** Between two points of its history. */
  intervalMs: number;
  /** What the columns of its points are. */
  columns: readonly string[];
}

/** How it fares at the moment. */
export interface Pulse {
  atMs: number;
  status: HealthStatus;
  sentence: string;
  /** Another one where its findings have changed. */
  healthRevision: string;
  /** Milliseconds since its event loop last turned; 0 while it does. */
  blockedForMs: number;
  /** What its event loop does, in a sentence. */
  doing: string;
}

const MOST_CHARACTERS = 300;
const MOST_FINDINGS = 50;
const MOST_COLUMNS = 64;
/** Longer ones nobody of ours has written. */
const MOST_ABOUT_CHARACTERS = 4_096;
const MOST_HEALTH_CHARACTERS = 256 * 1024;

const shortText = (value: unknown, name: string): string => oneLineOf(aText(value, name));

/** It is shown in tables and sentences. */
function oneLineOf(text: string): string {
  return text.replace(/\p{Cc}+/gu, ' ').slice(0, MOST_CHARACTERS);
}

const about = recordOf<About>({
  protocol: aNumber,
  version: orNull(shortText),
  service: shortText,
  host: shortText,
  pid: aNumber,
  program: shortText,
  nodeVersion: shortText,
  startedAtMs: aNumber,
  intervalMs: aNumber,
  columns: listOf(shortText, MOST_COLUMNS),
});

const pulse = recordOf<Pulse>({
  atMs: aNumber,
  status: oneOf(HEALTH_STATUSES),
  sentence: shortText,
  healthRevision: shortText,
  blockedForMs: aNumber,
  doing: shortText,
});

const clearedFinding = recordOf<Health['cleared'][number]>({
  id: aText,
  kind: findingKind,
  severity: oneOf(HEALTH_STATUSES),
  sinceMs: aNumber,
  clearedAtMs: aNumber,
  sentence: aText,
  culprit: orNull(frame),
});

const health = recordOf<Health>({
  status: oneOf(HEALTH_STATUSES),
  sentence: aText,
  checkedAtMs: aNumber,
  findings: listOf(finding, MOST_FINDINGS),
  tooEarly: listOf(aText, MOST_FINDINGS),
  cleared: listOf(clearedFinding, MOST_FINDINGS),
});

/** Null for what is not the like of it. */
export const readAbout = (text: string | null): About | null =>
  read(text, MOST_ABOUT_CHARACTERS, about);
export const readPulse = (text: string | null): Pulse | null =>
  read(text, MOST_ABOUT_CHARACTERS, pulse);
export const readHealth = (text: string | null): Health | null =>
  read(text, MOST_HEALTH_CHARACTERS, health);

export const writeAbout = (value: About): string => JSON.stringify(value);

export function writePulse(value: Pulse): string {
  return JSON.stringify({
    ...value,
    sentence: oneLineOf(value.sentence),
    doing: oneLineOf(value.doing),
  });
}

/** By a clock that is so many milliseconds before the one that its times are by. */
export function movedBy(health: Health, aheadMs: number): Health {
  return {
    ...health,
    checkedAtMs: health.checkedAtMs + aheadMs,
    findings: health.findings.map((finding) => ({
      ...finding,
      sinceMs: finding.sinceMs + aheadMs,
    })),
    cleared: health.cleared.map((finding) => ({
      ...finding,
      sinceMs: finding.sinceMs + aheadMs,
      clearedAtMs: finding.clearedAtMs + aheadMs,
    })),
  };
}

/** Cut to what is read. */
export function writeHealth({ findings, cleared, ...rest }: Health): string {
  return JSON.stringify({ ...rest, findings: findings.slice(0, MOST_FINDINGS), cleared });
}

function read<T>(
  text: string | null,
  mostCharacters: number,
  check: (value: unknown, name: string) => T,
): T | null {
  if (text === null || text.length > mostCharacters) return null;
  try {
    return check(JSON.parse(text), '');
  } catch {
    return null;
  }
}
