/** What an engine is told to do: one key at most, so that each may be of another node of a cluster. */
export type Command = readonly [name: string, ...args: (string | number | Buffer)[]];
