/** The kinds of handle that leak, and how each is spoken of. */
import { frameOrigin, isOwn } from '../../../base/files/frame-origin.ts';
import type { Frame } from '../../../profile/profile.ts';
import type { MadeEvidence } from '../../evidence/outside.ts';

export interface HandleKind {
  /** As Node lists active ones, without those that keep nothing alive; null where it lists none. */
  activeName: string | null;
  /** Each has a descriptor, by which all are counted where the system tells. */
  hasDescriptor?: true;
  nouns: string;
  /** What each has of its own, by `activeName`: that is told as this. */
  parts?: string;
  /** What was done to make it. */
  made: string;
  /** What has not been done since. */
  fate: string;
  isMeant(made: MadeEvidence): boolean;
  /** @param frames the stack that made it */
  nextStep(frames: readonly Frame[]): string;
}

const FETCH = /undici/;
/** `Prisma.users` or `new Prisma`; what V8 calls methods of plain objects and functions says nothing. */
const CLASS = /^(?:new )?(?!Object\b|Function\b|Module\b)([A-Z][\w$]*)(?:\.|$)/;
const FILE_KINDS: ReadonlySet<string> = new Set(['FILEHANDLE', 'DIRHANDLE', 'FILESTREAM']);

export const HANDLE_KINDS: readonly HandleKind[] = [
  {
    activeName: 'TCPSocketWrap',
    hasDescriptor: true,
    nouns: 'open sockets',
    made: 'opened',
    fate: 'neither used again nor closed',
    isMeant: ({ kind }) => kind === 'TCPWRAP',
    nextStep(frames) {
      if (frames.some(({ file }) => FETCH.test(file))) {
        return 'Read the body of every answer to this request, or cancel it (`await answer.body?.cancel()`): an unread one keeps its socket and what was read of it.';
      }
      const client = clientOf(frames);
      return client === null
        ? 'Close each socket that this line opens (`end()`, `destroy()`), or share one client, agent or pool for all of them.'
        : `Look where the ${client} is made that this line uses: make one for all that need it, rather than one each time, or close each.`;
    },
  },
  {
    activeName: 'PipeWrap',
    nouns: 'open pipes',
    made: 'opened',
    fate: 'neither used again nor closed',
    isMeant: ({ kind }) => kind === 'PIPEWRAP',
    nextStep: () => 'Close each pipe or socket that this line opens.',
  },
  {
    activeName: 'Timeout',
    nouns: 'intervals',
    made: 'started',
    fate: 'never cleared',
    isMeant: ({ kind, isRepeating }) => kind === 'Timeout' && isRepeating,
    nextStep: () =>
      'Call `clearInterval` for what this line starts when that which it serves has ended, such as on `close` of its response.',
  },
  {
    activeName: 'ProcessWrap',
    parts: 'PipeWrap',
    nouns: 'child processes',
    made: 'started',
    fate: 'still running',
    isMeant: ({ kind }) => kind === 'PROCESSWRAP',
    nextStep: () =>
      'End each child that this line starts (`kill()`, or the end of its input), or give it a time limit.',
  },
  {
    activeName: 'FSEventWrap',
    nouns: 'file watchers',
    made: 'started',
    fate: 'never closed',
    isMeant: ({ kind }) => kind === 'FSEVENTWRAP',
    nextStep: () => 'Close each watcher that this line starts, or share one for all.',
  },
  {
    activeName: 'StatWatcher',
    nouns: 'file watchers',
    made: 'started',
    fate: 'never stopped',
    isMeant: ({ kind }) => kind === 'STATWATCHER',
    nextStep: () =>
      'Call `unwatchFile` for each file that this line watches, or share one watcher for all.',
  },
  {
    activeName: 'UDPWrap',
    nouns: 'UDP sockets',
    made: 'opened',
    fate: 'never closed',
    isMeant: ({ kind }) => kind === 'UDPWRAP',
    nextStep: () => 'Close each socket that this line opens, or share one for all.',
  },
  {
    activeName: 'MessagePort',
    nouns: 'message ports',
    made: 'opened',
    fate: 'never closed',
    isMeant: ({ kind }) => kind === 'MESSAGEPORT',
    nextStep: () => 'Close one port of each channel that this line makes.',
  },
  {
    activeName: null,
    hasDescriptor: true,
    nouns: 'open file descriptors',
    made: 'opened',
    fate: 'never closed',
    isMeant: ({ kind }) => kind === 'DESCRIPTOR',
    nextStep: () =>
      'Call `closeSync` or `close` with each descriptor that this line opens, also where something throws or returns early: `finally`.',
  },
  {
    activeName: null,
    hasDescriptor: true,
    nouns: 'open files',
    made: 'opened',
    fate: 'never closed',
    isMeant: ({ kind }) => FILE_KINDS.has(kind),
    nextStep: () =>
      'Close each file that this line opens, also where something throws in between: `await using`, `finally`, or `destroy()` of its stream.',
  },
];

/** The class of a package that the program has called, which opens a socket of its own: `connect < Prisma.users < handler` → `Prisma`. */
function clientOf(frames: readonly Frame[]): string | null {
  const calls = frames.slice(0, Math.max(0, frames.findIndex(isOwn)));
  const called = calls.at(-1);
  if (called === undefined || frameOrigin(called.file) !== 'DEPENDENCY') return null;
  return CLASS.exec(called.function)?.[1] ?? null;
}
