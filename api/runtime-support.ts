/** What the running Node version cannot give. */

/** From here on V8 tells live from freed samples, so that cumulative totals exist. */
export const FIRST_MAJOR_WITH_CUMULATIVE_ALLOCATIONS = 26;

/** One sentence about what is missing on this runtime; null when nothing is. */
export function limitedRuntime(version: string = process.versions.node): string | null {
  const major = Number.parseInt(version, 10);
  if (major >= FIRST_MAJOR_WITH_CUMULATIVE_ALLOCATIONS) return null;
  return `Node ${version} cannot give topAllocations and totalAlloc (Node ${FIRST_MAJOR_WITH_CUMULATIVE_ALLOCATIONS} can); everything else works`;
}
