import type { Change } from '../../api/analyzers/diff/diff.ts';
import { builder } from '../builder.ts';

export const ChangeEnum = builder.enumType('DiffChange', {
  description: 'How a row changed from the base to the later moment.',
  values: {
    NEW: { description: 'The row had nothing at the base.' },
    GREW: { description: 'The row has more than at the base.' },
    SHRANK: { description: 'The row has less than at the base.' },
    GONE: { description: 'The row has nothing at the later moment.' },
  },
});

export const ChangeCountsType = builder
  .objectRef<Record<Change, number>>('ChangeCounts')
  .implement({
    description: 'Rows by how they changed, before cutting to the limit.',
    fields: (t) => ({
      new: t.exposeInt('NEW', { description: 'Rows that had nothing at the base.' }),
      grew: t.exposeInt('GREW', { description: 'Rows that have more than at the base.' }),
      shrank: t.exposeInt('SHRANK', { description: 'Rows that have less than at the base.' }),
      gone: t.exposeInt('GONE', { description: 'Rows that have nothing at the later moment.' }),
    }),
  });

export const DIFF_ROW_ID_DESCRIPTION =
  'Identity of the row: no other diff, table, target or type has it, and the row has it whenever the same diff is asked for, so that a cache may key on it.';
