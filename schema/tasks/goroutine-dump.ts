import type { GoDumpStats } from '../../api/go-dump/parse.ts';
import { builder } from '../builder.ts';

const UnreadLineType = builder
  .objectRef<GoDumpStats['notUnderstood']['examples'][number]>('UnreadLine')
  .implement({
    description: 'A line of a dump that was not understood.',
    fields: (t) => ({
      line: t.exposeInt('line', { description: '1-based line in the dump.' }),
      text: t.exposeString('text', { description: 'The line, cut to 200 characters.' }),
    }),
  });

export const GoroutineDumpType = builder.objectRef<GoDumpStats>('GoroutineDump').implement({
  description: 'How well a text dump of goroutines was understood. Nothing is dropped silently.',
  fields: (t) => ({
    headers: t.exposeInt('headers', {
      description: 'Goroutine headers in the dump: equal to `totalGoroutines`.',
    }),
    parsed: t.exposeInt('parsed', {
      description: 'Goroutines whose stack was read, or which Go says could not be walked.',
    }),
    lines: t.exposeInt('lines', { description: 'Lines of the dump.' }),
    notUnderstood: t.int({
      description: 'Lines within goroutines that make no sense there, and broken headers.',
      resolve: ({ notUnderstood }) => notUnderstood.count,
    }),
    notUnderstoodExamples: t.field({
      type: [UnreadLineType],
      description: 'The first ten lines of the dump that were not understood.',
      resolve: ({ notUnderstood }) => notUnderstood.examples,
    }),
    surroundingLines: t.int({
      description: 'Lines outside of every goroutine, such as the text of a panic.',
      resolve: ({ surrounding }) => surrounding.count,
    }),
    logLines: t.int({
      description:
        'Lines that a log had written into the middle of a stack: taken out before the stacks were read.',
      resolve: ({ logLines }) => logLines.count,
    }),
    logLineExamples: t.field({
      type: [UnreadLineType],
      description: 'The first ten lines that a log had written into the middle of a stack.',
      resolve: ({ logLines }) => logLines.examples,
    }),
    unwrapped: t.exposeStringList('unwrapped', {
      description:
        'What a log, a terminal or a mail had put around the dump and was taken off before it was read, such as `CRI prefixes`; empty for a dump as Go prints it.',
    }),
    mergedGoroutines: t.exposeInt('mergedGoroutines', {
      description:
        'Goroutines at the rarest stacks of a dump with more than 60,000 different ones: told together, by the line of the program and by who started them, in groups whose stack begins with `(other stacks)`. 0 where each stack is told by itself.',
    }),
    truncated: t.exposeBoolean('truncated', {
      description: 'Whether the dump ends in the middle of a goroutine.',
    }),
  }),
});
