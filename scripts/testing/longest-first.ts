/**
 * In which order test files are begun: those that take longest first, so that none of them runs on
 * alone at the end. Vitest knows only the size of a file where it has no times of an earlier run.
 */
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** What waits for whole programs or runs whole tools, in folders and files from the root. */
const LONGEST: readonly string[] = [
  'scripts/soak/',
  'scripts/guards/',
  'client/leaks/leaks.test.ts',
  'client/restarted-sidecar.test.ts',
  'api/programs/',
  'api/sidecar/keeper.test.ts',
  'api/probe/tasks/',
  'api/targets/',
];

export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    return sorted.toSorted((one, other) => placeOf(one) - placeOf(other));
  }
}

function placeOf({ moduleId, project }: TestSpecification): number {
  const path = moduleId.slice(project.config.root.length + 1);
  const place = LONGEST.findIndex((longest) => path.startsWith(longest));
  return place < 0 ? LONGEST.length : place;
}
