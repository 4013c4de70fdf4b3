/** Server-sent events as text, named as graphql-sse names them. */
import type { FormattedExecutionResult } from 'graphql';

export const COMPLETE_EVENT = 'event: complete\ndata:\n\n';

export function nextEvent(result: FormattedExecutionResult): string {
  return `event: next\ndata: ${JSON.stringify(result)}\n\n`;
}
