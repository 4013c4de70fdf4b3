/**
 * `npm run check:package`: the tarball in `dist/`, as its consumers meet it. Installed in fresh
 * folders with each supported graphql, and used in every way on every supported Node.
 */
import { after, before, describe } from 'node:test';
import { describeBundle } from './check-package/bundle.ts';
import { type Consumer, installConsumer } from './check-package/consumer.ts';
import { describePublishedFiles } from './check-package/published-files.ts';
import { describeRefusal } from './check-package/refusal.ts';
import { describeTypes } from './check-package/types.ts';
import { describeUse } from './check-package/use.ts';
import { NODE_VERSIONS, nodeExecutable, OLD_NODE_VERSIONS } from './node-versions.ts';

const GRAPHQL_VERSIONS = ['16.11.0', '17.1.0'];

// Both at once, each a step at a time: most of a step is a program that starts on one thread.
describe('the tarball', { concurrency: true }, () => {
  for (const graphqlVersion of GRAPHQL_VERSIONS) {
    describe(`installed beside graphql ${graphqlVersion}`, { concurrency: false }, () => {
      let consumer: Consumer;
      const folder = () => consumer.folder;
      before(() => {
        consumer = installConsumer(graphqlVersion);
      });
      after(() => consumer.remove());

      describePublishedFiles(folder);
      describeBundle(folder);
      describeTypes(folder);
      for (const nodeVersion of NODE_VERSIONS) {
        describe(`on Node ${nodeVersion}`, () => {
          let node: string;
          before(async () => {
            node = await nodeExecutable(nodeVersion);
          });
          describeUse(folder, () => node, nodeVersion);
        });
      }
      for (const nodeVersion of OLD_NODE_VERSIONS) {
        describe(`on Node ${nodeVersion}, which is too old`, () => {
          let node: string;
          before(async () => {
            node = await nodeExecutable(nodeVersion);
          });
          describeRefusal(folder, () => node, nodeVersion);
        });
      }
    });
  }
});
