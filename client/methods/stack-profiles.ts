/** The client's part for Go's profiles that count by stack. */

import type { RequestOptions, TargetAccess } from '../core/query/query.ts';
import {
  StackProfileDocument,
  type StackProfileKind,
  type StackProfileQuery,
} from '../generated/graphql.ts';

export type StackProfile = NonNullable<StackProfileQuery['stackProfile']>;

export interface StackProfileMethods {
  /**
   * Waits for locks and channels, those that holders of locks caused, threads, or proven leaks of a
   * program in Go, by stack. Null where the target has none, as Node. `limit` is 1 to 1000 stacks.
   * @default limit: 50
   */
  stackProfile(
    options: RequestOptions & { kind: StackProfileKind; limit?: number },
  ): Promise<StackProfile | null>;
}

export function createStackProfileMethods({ ask }: TargetAccess): StackProfileMethods {
  return {
    stackProfile: (options) => ask(StackProfileDocument, options),
  };
}
