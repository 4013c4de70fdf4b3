/** What the process that pprofql runs in is called among the targets. */
export const SELF = 'self';
