/** How the names begin, before the id of the process, of what is in the folder for temporary files for a moment. */

/** The folder of a heap snapshot while it is written. */
export const SNAPSHOT_NAME = 'pprofql-snapshot-';
/** The file that tells where a process is observed, until it is open. */
export const NOTE_NAME = 'pprofql-note-';
