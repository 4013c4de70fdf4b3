/** What to do about a line that holds the event loop. */

/** @param isNative it is in native code that the line has called */
export function releaseStep(isNative: boolean): string {
  return isNative
    ? 'Do less at once in the synchronous call at this line (a regular expression, JSON, crypto, zlib, files, a child process), use its asynchronous form, or move it to a worker thread.'
    : 'Do less at once at this line (a loop, a regular expression that tries too much): split it into pieces between which the loop turns, or move it to a worker thread.';
}
