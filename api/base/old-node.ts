/** Which Node is too old. Imports nothing, so that any Node which knows ES modules can read it. */

const OLDEST = [22, 18] as const;

/** One line for a Node that cannot run pprofql; null for one that can. For example `20.19.5` → a line. */
export function refusalOfNode(version: string = process.versions.node): string | null {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const isOld = major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1]);
  if (!isOld) return null;
  return `Node ${version} is too old for pprofql, which needs Node ${OLDEST.join('.')} or later`;
}
