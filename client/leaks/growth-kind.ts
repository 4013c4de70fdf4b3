export type GrowthKind = 'memory' | 'buffers' | 'tasks' | 'handles' | 'threads' | 'listeners';

/** Measured in bytes; all else is counted. */
export function isMemory({ kind }: { kind: GrowthKind }): boolean {
  return kind === 'memory' || kind === 'buffers';
}
