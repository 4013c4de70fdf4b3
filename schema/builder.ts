import SchemaBuilder from '@pothos/core';
import type { ObservedTarget, TargetStatus } from '../api/targets/target.ts';
import type { SchemaContext } from './context.ts';

/** Fields and arguments are non-null unless they say otherwise: a nullable field must explain itself. */
export const builder = new SchemaBuilder<{
  Context: SchemaContext;
  DefaultFieldNullability: false;
  DefaultInputFieldRequiredness: true;
  /** A field of a target is a field of the query as well, where nobody names the target. */
  Root: TargetView | undefined;
  Scalars: {
    DateTime: { Input: number; Output: number };
    ID: { Input: string; Output: string };
  };
}>({ defaultFieldNullability: false, defaultInputFieldRequiredness: true });

/** A target as it was found: its state is read once for all fields. */
export interface TargetView {
  target: ObservedTarget;
  status: TargetStatus;
}
