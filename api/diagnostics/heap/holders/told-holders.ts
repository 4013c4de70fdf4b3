/** Holders with the places where they were written, and in words. */
import { holderSentence } from '../../../heap-snapshot/holders/telling/sentence.ts';
import type { Holders, ToldStep } from '../../../heap-snapshot/holders/types.ts';
import { displayPath } from '../../../profile/display-path.ts';
import type { HolderPathTold } from './types.ts';

export interface ToldHoldersOptions {
  programRoot: string;
  locatePlaces: (steps: readonly ToldStep[]) => Promise<ToldStep[]>;
}

export async function toldHolders(
  found: Holders,
  { programRoot, locatePlaces }: ToldHoldersOptions,
): Promise<Omit<Holders, 'paths'> & { paths: HolderPathTold[] }> {
  const pathOf = (file: string) => displayPath(file, programRoot);
  const paths = await Promise.all(
    found.paths.map(async (path) => {
      const [steps, below] = await Promise.all([
        locatePlaces(path.steps),
        locatePlaces(path.below),
      ]);
      const located = { ...path, steps, below };
      return { ...located, sentence: holderSentence(located, pathOf) };
    }),
  );
  const places = await locatePlaces(found.tree);
  return { ...found, paths, tree: found.tree.map((node, at) => ({ ...node, ...places[at]! })) };
}
