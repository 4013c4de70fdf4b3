/** How a rule tells what a task is there for. */

export type Category = 'BACKGROUND' | 'PER_REQUEST' | 'UNKNOWN';

/** All patterns that are given must match; function and file on the same frame of the stack. */
export interface CategoryRule {
  category: Category;
  /** Tested against the function name of each frame. */
  function?: RegExp;
  /** Tested against the file of each frame. */
  file?: RegExp;
  /** Tested against the state, such as `timer`. */
  state?: RegExp;
  /** Shown as the reason. */
  because?: string;
}
