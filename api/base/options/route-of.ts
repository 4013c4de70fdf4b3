import type { IncomingMessage } from 'node:http';

/**
 * The route that a request is counted under, such as `/users/:id`; null or undefined where there is
 * none (yet). It is asked while requests are under way, and once more at their end.
 */
export type RouteOf = (request: IncomingMessage) => string | null | undefined;
