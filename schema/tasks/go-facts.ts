import type { GoCrash } from '../../api/go-dump/crash/crash.ts';
import type { CreatorSum } from '../../api/go-dump/facts.ts';
import type { GoLock, Party } from '../../api/go-dump/locks/lock.ts';
import { builder } from '../builder.ts';
import { FrameType } from '../frame.ts';

const GoroutineType = builder.objectRef<Party>('Goroutine').implement({
  description: 'One goroutine of a dump of Go.',
  fields: (t) => ({
    number: t.int({
      description: 'Number of the goroutine in the dump. No number is used twice by one process.',
      resolve: ({ goroutineId }) => goroutineId,
    }),
    state: t.exposeString('state', {
      description: 'What the goroutine waits for, in Go’s words, such as `chan receive`.',
    }),
    waitMinutes: t.exposeInt('waitMinutes', {
      description: 'Whole minutes for which the goroutine has waited; 0 for less than one.',
    }),
    frame: t.field({
      type: FrameType,
      nullable: true,
      description:
        'The first line of the program’s own code on the stack of the goroutine, or the top line where there is none; null without a stack.',
      resolve: ({ frame }) => frame,
    }),
  }),
});

const LockKindEnum = builder.enumType('LockKind', {
  description: 'What goroutines of Go wait for.',
  values: {
    MUTEX: { description: 'A `sync.Mutex`.' },
    RW_MUTEX: { description: 'A `sync.RWMutex`.' },
    WAIT_GROUP: { description: 'A `sync.WaitGroup`, which nobody holds.' },
    COND: { description: 'A `sync.Cond`, which nobody holds.' },
  } satisfies Record<GoLock['kind'], { description: string }>,
});

const LockPlaceType = builder.objectRef<GoLock['places'][number]>('LockPlace').implement({
  description: 'A line of the program at which goroutines wait for a lock.',
  fields: (t) => ({
    frame: t.field({
      type: FrameType,
      description: 'The line of the program at which goroutines wait for the lock.',
      resolve: ({ frame }) => frame,
    }),
    count: t.exposeInt('count', { description: 'Goroutines that wait for the lock at this line.' }),
  }),
});

export const GoroutineLockType = builder.objectRef<GoLock>('GoroutineLock').implement({
  description: 'A lock that goroutines of Go wait for, and who holds it as far as a dump can tell.',
  fields: (t) => ({
    kind: t.field({
      type: LockKindEnum,
      description: 'Which of Go’s locks it is.',
      resolve: ({ kind }) => kind,
    }),
    address: t.exposeString('address', {
      nullable: true,
      description:
        'Where the lock lies in memory, such as `0xc4218a4b00`; null where Go does not print it.',
    }),
    struct: t.exposeString('struct', {
      nullable: true,
      description:
        'The struct that the lock is a field of, such as `main.(*store) 0xc00008e150`; null where no method of one waits for the lock.',
    }),
    waiters: t.exposeInt('waiters', { description: 'Goroutines that wait for the lock.' }),
    readers: t.exposeInt('readers', {
      description: 'Goroutines that wait for the lock only to read.',
    }),
    waitMinutes: t.exposeInt('longestWaitMinutes', {
      description: 'Whole minutes of the longest wait for the lock; 0 for less than one.',
    }),
    places: t.field({
      type: [LockPlaceType],
      description:
        'The lines at which goroutines wait for the lock, most of them first; ten at most.',
      resolve: ({ places }) => places,
    }),
    waitingWriter: t.field({
      type: GoroutineType,
      nullable: true,
      description:
        'The writer that waits for readers to go, before whom no other reader is let in; null for none.',
      resolve: ({ waitingWriter }) => waitingWriter,
    }),
    likelyHolder: t.field({
      type: GoroutineType,
      nullable: true,
      description:
        'The goroutine that is inside of a method of the struct, or of a function of the file, and does not wait for the lock: it likely holds it. Of a WaitGroup, one that it waits for: who was given it or was started by who waits, and is not done. Null where the dump points at none.',
      resolve: ({ likelyHolder }) => likelyHolder,
    }),
    heldIn: t.field({
      type: FrameType,
      nullable: true,
      description:
        'The line on the stack of `likelyHolder` that is inside of a method of the struct, or was passed the struct; null where that is the line that `likelyHolder` is at, or nothing tells.',
      resolve: ({ heldIn }) => heldIn,
    }),
    heldUpBy: t.field({
      type: GoroutineType,
      nullable: true,
      description:
        'Where `likelyHolder` waits for a lock or a WaitGroup itself: the goroutine that it waits for in the end, by who likely holds each lock. Null where it waits for none, where they wait in a circle (`deadlock`), or nobody is seen.',
      resolve: ({ heldUpBy }) => heldUpBy,
    }),
    otherEnd: t.field({
      type: GoroutineType,
      nullable: true,
      description:
        'Where `likelyHolder` waits at a channel: a goroutine that waits for this lock and was passed an address that the line at the channel was passed too, so that it may be who should send or receive there. A guess: Go prints no addresses of channels. Null for none.',
      resolve: ({ otherEnd }) => otherEnd,
    }),
    deadlock: t.field({
      type: [GoroutineType],
      description:
        'Goroutines of which each likely holds what the one before waits for, in a circle; one alone waits for what it holds itself. Empty for none.',
      resolve: ({ deadlock }) => deadlock,
    }),
  }),
});

const CrashKindEnum = builder.enumType('CrashKind', {
  description: 'Why a Go program printed its goroutines.',
  values: {
    PANIC: { description: 'A panic that the program died of.' },
    RECOVERED_PANIC: {
      description: 'A panic that the program recovered from, and whose stack it logged.',
    },
    FATAL_ERROR: {
      description:
        'An error that the Go runtime ends a program for, such as concurrent map writes.',
    },
    ALL_ASLEEP: { description: 'The Go runtime found that no goroutine can ever go on.' },
    TEST_TIMEOUT: { description: 'Tests that did not end in the time that `go test` gave them.' },
    LEAKED: {
      description:
        'A test found goroutines at its end that should have ended before, as goleak does.',
    },
    SIGNAL: {
      description: 'A signal that was sent to the program, or an exception of Windows.',
    },
    RUNNING: {
      description:
        'Nothing tells; the first goroutine was running, as in a crash whose message was lost.',
    },
  } satisfies Record<GoCrash['kind'], { description: string }>,
});

export const GoroutineCrashType = builder.objectRef<GoCrash>('GoroutineCrash').implement({
  description: 'Why a Go program printed its goroutines, and which of them it is about.',
  fields: (t) => ({
    kind: t.field({
      type: CrashKindEnum,
      description: 'Why the Go program printed its goroutines.',
      resolve: ({ kind }) => kind,
    }),
    message: t.exposeString('message', {
      nullable: true,
      description:
        'The message of the panic or fatal error in its own words, or what C said before a signal; null where there is none.',
    }),
    signal: t.exposeString('signal', {
      nullable: true,
      description:
        'The signal that was sent to the program, such as `SIGSEGV: segmentation violation`; null for none.',
    }),
    tests: t.exposeStringList('tests', {
      description: 'Tests that hung, without those that only waited for their subtests.',
    }),
    goroutine: t.exposeInt('goroutineId', {
      nullable: true,
      description:
        'Number of the goroutine that panicked, or that the error or the signal is about; null where that is none or not known.',
    }),
    count: t.exposeInt('count', {
      description:
        'How often the text tells of the same crash, as in a log of several replicas. Where all goroutines are asleep: how many are at the same line.',
    }),
    culprit: t.field({
      type: FrameType,
      nullable: true,
      description: 'The first line of the program’s own code below the panic; null for none.',
      resolve: ({ culprit }) => culprit,
    }),
    caller: t.field({
      type: FrameType,
      nullable: true,
      description: 'The line of the program’s own code that called the culprit; null for none.',
      resolve: ({ caller }) => caller,
    }),
    started: t.field({
      type: [GoroutineType],
      description:
        'Goroutines that a test that hung has started and that are still there, the first five. Empty for any other crash.',
      resolve: ({ started }) => started,
    }),
  }),
});

export const GoroutineCreatorType = builder.objectRef<CreatorSum>('GoroutineCreator').implement({
  description: 'How many goroutines one line of the program has started.',
  fields: (t) => ({
    creator: t.field({
      type: FrameType,
      description: 'The line with the `go` statement.',
      resolve: ({ creator }) => creator,
    }),
    count: t.exposeInt('count', {
      description: 'Goroutines that the line has started and that are alive.',
    }),
    oldestWaitMs: t.exposeFloat('longestWaitMs', {
      nullable: true,
      description:
        'Milliseconds for which the goroutine of this line that waits longest has waited, in whole minutes; null where unknown.',
    }),
  }),
});
