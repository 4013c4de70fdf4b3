/**
 * `npm run check:package`: the tarball in `dist/`, as its consumers meet it. Installed in fresh
 * folders with each supported graphql, and used in every way on the supported Nodes.
 */
import { after, before, describe } from 'node:test';
import { describeBundle } from './check-package/bundle.ts';
import { describeBundled } from './check-package/bundled.ts';
import { type Consumer, installConsumer } from './check-package/consumer.ts';
import { describePublishedFiles } from './check-package/published-files.ts';
import { describeRefusal } from './check-package/refusal.ts';
import { describeTypes } from './check-package/types.ts';
import { describeUse } from './check-package/use.ts';
import { NODE_VERSIONS, nodeExecutable, OLD_NODE_VERSIONS } from './node-versions.ts';

/** On which Nodes each graphql is tried: all of them with one, the oldest and the newest with the other. */
const NODES_BY_GRAPHQL: Readonly<Record<string, readonly string[]>> = {
  '16.11.0': [NODE_VERSIONS[0], NODE_VERSIONS.at(-1)!],
  '17.1.0': NODE_VERSIONS,
};
/** Refused before graphql is looked for. */
const GRAPHQL_OF_OLD_NODES = '17.1.0';

// Both at once, each a step at a time: most of a step is a program that starts on one thread.
describe('the tarball', { concurrency: true }, () => {
  for (const [graphqlVersion, nodeVersions] of Object.entries(NODES_BY_GRAPHQL)) {
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
      for (const nodeVersion of nodeVersions) {
        describe(`on Node ${nodeVersion}`, () => {
          let node: string;
          before(async () => {
            node = await nodeExecutable(nodeVersion);
          });
          describeUse(folder, () => node, nodeVersion);
          describeBundled(folder, () => node);
        });
      }
      const oldNodes = graphqlVersion === GRAPHQL_OF_OLD_NODES ? OLD_NODE_VERSIONS : [];
      for (const nodeVersion of oldNodes) {
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
