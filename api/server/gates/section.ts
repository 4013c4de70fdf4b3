/** A part of the API beside GraphQL, with paths and manners of its own. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { RefusalFormat } from './refusal.ts';
import type { Route } from './route.ts';

export interface Section {
  owns(path: string): boolean;
  /** How its clients are told no. */
  refusalFormat: RefusalFormat;
  /** Answers a request whose Host and Origin have been checked. */
  answer(req: IncomingMessage, res: ServerResponse, route: Route): Promise<void>;
  /** Ends what is under way. Idempotent. */
  stop(): void;
}
