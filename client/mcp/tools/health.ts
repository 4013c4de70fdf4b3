import { defineTool } from './tool.ts';

export const health = defineTool({
  name: 'health',
  description:
    'What is wrong with the running program, worst first: a sentence, the line of its code that is to blame, since when, and what to do next. Says when all is well, and what it is too early to tell. Ask this first.',
  properties: {},
  isReadOnly: true,
  answer: async (target, _args, signal) => (await target.healthReport({ signal })).split('\n'),
});
