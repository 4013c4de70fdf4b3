import type { Answered } from '../core/query/answered.ts';
import type { DiffQuery } from '../generated/graphql.ts';

/** What changed between two captures, or one and now. */
export type Diff = Answered<DiffQuery>['diff'];
