import { expect, it } from 'vitest';
import { connect, observe } from '../testing/fixtures.ts';

it('comes as a report in Markdown, with links to the page', async () => {
  const { url } = await observe();
  const report = await connect({ url: `${url}graphql` }).healthReport();
  expect(report).toContain('# Health: HEALTHY\n\nHealthy.');
  expect(report).toContain(`(${url}?view=tasks)`);
});

it('comes as a report on the target that is asked', async () => {
  const { url } = await observe();
  const report = await connect({ url }).target('self').healthReport();
  expect(report).toContain('# Health of self: HEALTHY');
});
