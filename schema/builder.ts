import SchemaBuilder from '@pothos/core';
import type { SchemaContext } from './context.ts';

/** Fields and arguments are non-null unless they say otherwise: a nullable field must explain itself. */
export const builder = new SchemaBuilder<{
  Context: SchemaContext;
  DefaultFieldNullability: false;
  DefaultInputFieldRequiredness: true;
  Scalars: {
    DateTime: { Input: number; Output: number };
    ID: { Input: string; Output: string };
  };
}>({ defaultFieldNullability: false, defaultInputFieldRequiredness: true });
