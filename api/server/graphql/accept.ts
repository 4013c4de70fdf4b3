/** Which media types a client takes, by its `Accept` header. */
import type { IncomingHttpHeaders } from 'node:http';

const JSON_TYPE = 'application/json';
/** In the order of preference where a client prefers none of them. */
const JSON_TYPES = [JSON_TYPE, 'application/graphql-response+json'] as const;
export const EVENT_STREAM = 'text/event-stream';

export interface Accepted {
  /** In which form a single result is sent; null where the client takes neither. */
  json: (typeof JSON_TYPES)[number] | null;
  /**
   * What is sent as events: `all` results where the client prefers events to JSON, `subscriptions`
   * where it takes them beside it. Many clients list every type for every operation.
   */
  events: 'all' | 'subscriptions' | 'none';
}

interface MediaRange {
  type: string;
  /** 0 for what must not be sent, 1 for what is liked best. */
  quality: number;
}

interface Match {
  quality: number;
  /** 0 for `*` twice, 2 for the type itself. */
  exactness: number;
  /** Place in the header. */
  at: number;
}

/** No header means that everything is taken. */
function readRanges(accept: string): MediaRange[] {
  return accept
    .toLowerCase()
    .split(',')
    .map((part) => part.split(';').map((each) => each.trim()))
    .filter(([, ...parameters]) => parameters.every(isUtf8))
    .map(([type = '', ...parameters]) => ({ type, quality: qualityOf(parameters) }));
}

function isUtf8(parameter: string): boolean {
  return !parameter.startsWith('charset=') || /^charset="?utf-?8"?$/.test(parameter);
}

function qualityOf(parameters: readonly string[]): number {
  const text = parameters.find((parameter) => parameter.startsWith('q='))?.slice('q='.length);
  const quality = Number(text ?? 1);
  return quality >= 0 && quality <= 1 ? quality : 1;
}

/** The most exact range decides, wherever it stands. */
function matchOf(mediaType: string, ranges: readonly MediaRange[]): Match {
  const byExactness = ['*/*', `${mediaType.split('/')[0]}/*`, mediaType];
  const matches = ranges
    .map(({ type, quality }, at) => ({ quality, exactness: byExactness.indexOf(type), at }))
    .filter(({ exactness }) => exactness >= 0)
    .sort((a, b) => b.exactness - a.exactness);
  return matches[0] ?? { quality: 0, exactness: -1, at: -1 };
}

/** The first of them where the client prefers none. */
function bestOf<Type extends string>(types: readonly Type[], ranges: MediaRange[]) {
  const [best] = types
    .map((type) => ({ type, ...matchOf(type, ranges) }))
    .sort((a, b) => b.quality - a.quality || b.exactness - a.exactness || a.at - b.at);
  return best!;
}

/** Which of these types a client likes best; null where it takes none of them. */
export function preferredType<Type extends string>(
  { accept }: IncomingHttpHeaders,
  types: readonly Type[],
): Type | null {
  const { type, quality } = bestOf(types, readRanges(accept?.trim() || '*/*'));
  return quality > 0 ? type : null;
}

/**
 * @example `application/json, text/event-stream` is `{ json: 'application/json', events: 'subscriptions' }`,
 * `text/event-stream` alone is `{ json: null, events: 'all' }`.
 */
export function acceptedBy({ accept }: IncomingHttpHeaders): Accepted {
  const ranges = readRanges(accept?.trim() || '*/*');
  const json = bestOf(JSON_TYPES, ranges);
  const events = matchOf(EVENT_STREAM, ranges).quality;
  const likesEventsMore = events > json.quality;
  return {
    json: json.quality > 0 ? json.type : null,
    events: events === 0 ? 'none' : likesEventsMore ? 'all' : 'subscriptions',
  };
}
