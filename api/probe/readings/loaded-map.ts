/** Which source map is asked for of those that the program holds. */
export interface LoadedMapRequest {
  /** The script as stacks name it: a path or a URL. */
  file: string;
  /**
   * The same as a URL. Node would make one of a path, which must not be done on top of what the program
   * runs: it replaces what was just found out of a URL of the program.
   */
  url: string;
}
