/**
 * A module without the threads of libuv, through which imports are read: the program may keep all of
 * them busy for minutes, and it is then that somebody asks. The calling thread does nothing else meanwhile.
 */
import { createRequire } from 'node:module';

/**
 * @param place of a module of ours, relative to `from` and without its ending, since that of the source is not that of
 * the package; or the name of a package
 */
export function loadAtOnce<Module>(place: string, from: string): Module {
  const ending = from.endsWith('.ts') ? '.ts' : '.js';
  return createRequire(from)(place.startsWith('.') ? place + ending : place);
}
