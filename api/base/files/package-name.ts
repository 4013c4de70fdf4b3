const PACKAGE = /.*[\\/]node_modules[\\/]((?:@[^\\/]+[\\/])?[^\\/]+)[\\/]/;

/**
 * The package that a file belongs to: `/app/node_modules/@scope/queue/lib/poll.js` gives `@scope/queue`. The
 * innermost, where one contains another; null for a file of none.
 */
export function packageNameOf(file: string): string | null {
  return PACKAGE.exec(file)?.[1] ?? null;
}
