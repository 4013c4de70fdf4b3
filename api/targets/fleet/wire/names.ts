/**
 * What a fleet calls its keys and channels on the engine. All begin alike, so that a user of it can be limited to
 * them (`~pprofql:* &pprofql:*`).
 */

/** An instance, by what no other process has had: of its host, its pid and its start. */
export const INSTANCE_ID = /^[\da-f]{16}$/;
/** Who asks, by random bits. */
export const HUB_ID = /^[\da-f]{32}$/;

/** A set of the ids of all instances that something is known of. */
export const INSTANCES = 'pprofql:instances';
/** On it instances say that something has changed with them. */
export const NEWS = 'pprofql:news';

export interface InstanceKeys {
  /** What the instance is. Stays when it is gone. */
  about: string;
  /** How it fares. Expires unless it is renewed: without it the instance is gone. */
  pulse: string;
  /** Stream of its history, one entry a point. */
  points: string;
  /** The same for longer, one entry for some minutes. */
  coarsePoints: string;
  /** What is wrong with it. */
  health: string;
  /** Its black box, packed. */
  lastWords: string;
  /** Captures that it has made, one a key. */
  captures: readonly string[];
  /** Captures of it that were made through the page of the fleet. */
  capturesAsked: readonly string[];
}

/** More are not kept, of either kind. */
export const MOST_CAPTURES = 10;

export function keysOf(id: string): InstanceKeys {
  return {
    about: `pprofql:about:${id}`,
    pulse: `pprofql:pulse:${id}`,
    points: `pprofql:points:${id}`,
    coarsePoints: `pprofql:coarse-points:${id}`,
    health: `pprofql:health:${id}`,
    lastWords: `pprofql:last-words:${id}`,
    captures: numbered(`pprofql:capture:${id}`),
    capturesAsked: numbered(`pprofql:asked-capture:${id}`),
  };
}

const numbered = (key: string): string[] =>
  Array.from({ length: MOST_CAPTURES }, (_, at) => `${key}:${at}`);

/** On it the instance is asked. */
export const askChannel = (id: string): string => `pprofql:ask:${id}`;

/** On it whoever asks is answered. */
export const answerChannel = (hub: string): string => `pprofql:answer:${hub}`;
