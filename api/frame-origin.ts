/** Whose code a frame is, by its file. */
import { isGoRuntimeFile } from './analyzers/go-dump-groups.ts';
import { isOwnFile, isRuntimeFile } from './own-files.ts';

/** The program's own, a package's (pprofql's too), or the runtime's and its standard library's. */
export type FrameOrigin = 'OWN' | 'DEPENDENCY' | 'RUNTIME';

const GO_FILE = /\.(?:go|s)$/;
/** In `node_modules`; in Go's module cache; in a vendor folder. */
const PACKAGE = /[\\/]node_modules[\\/]|[\\/]pkg[\\/]mod[\\/]|@v\d|[\\/]vendor[\\/].*\.go$/;

/** @example `frameOrigin('/usr/local/go/src/net/http/server.go')` is `'RUNTIME'` */
export function frameOrigin(file: string): FrameOrigin {
  if (isRuntimeFile(file) || (GO_FILE.test(file) && isGoRuntimeFile(file))) return 'RUNTIME';
  return PACKAGE.test(file) || isOwnFile(file) ? 'DEPENDENCY' : 'OWN';
}
