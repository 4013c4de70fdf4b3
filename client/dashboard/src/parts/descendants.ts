/** What a target is made of: its parts, and theirs below each. */
interface Row {
  name: string;
  parent: { name: string } | null;
}

export interface Descendant<Target> {
  target: Target;
  /** 0 for a part of the target itself. */
  depth: number;
}

/** In the order of the list, each followed by its own. */
export function descendantsOf<Target extends Row>(
  name: string,
  list: readonly Target[],
  depth = 0,
): Descendant<Target>[] {
  // No family is deeper; whoever is its own ancestor is none.
  if (depth > list.length) return [];
  return list
    .filter((each) => each.parent?.name === name)
    .flatMap((target) => [{ target, depth }, ...descendantsOf(target.name, list, depth + 1)]);
}
