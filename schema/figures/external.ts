import type {
  ExternalSnapshot,
  MemoryNotByStack,
  NativeKind,
} from '../../api/diagnostics/heap/external.ts';
import type { ObservedTarget } from '../../api/targets/target.ts';
import { builder } from '../builder.ts';
import { CodePlaceInterface, placeFields, stackFields } from '../frame.ts';
import { ROW_ID_DESCRIPTION, rowId, STACK_ID_DESCRIPTION } from '../identity.ts';
import { targetField, targetOf } from '../targets/target-field.ts';
import type { TableRow } from './allocation.ts';

type TargetExternal = ExternalSnapshot & { source: ObservedTarget };

const ExternalAllocationType = builder.objectRef<TableRow>('ExternalAllocation').implement({
  interfaces: [CodePlaceInterface],
  description:
    'The buffers that one full call stack made. A sample of them is looked at (`ExternalAllocations.samplingIntervalBytes`) and scaled up: bytes and counts are estimates; samples and margins say how good.',
  fields: (t) => ({
    id: t.exposeID('id', { description: ROW_ID_DESCRIPTION }),
    stackId: t.exposeID('stackId', { description: STACK_ID_DESCRIPTION }),
    ...placeFields(t, ({ frames }) => frames[0], {
      function: 'Function at the top of the stack: the one that called `Buffer`.',
      file: 'Path or URL of the file of the top frame.',
      line: '1-based line of the call. Null where unknown.',
    }),
    liveBytes: t.exposeFloat('liveBytes', {
      description:
        'Bytes of buffers made by this stack that were not collected yet. Small buffers share blocks of memory (`Buffer.poolSize`); each counts with its own length.',
    }),
    liveCount: t.exposeFloat('liveCount', {
      nullable: true,
      description:
        'Buffers made by this stack that were not collected yet. Null in a saved profile that does not tell.',
    }),
    liveSamples: t.exposeInt('liveSamples', {
      nullable: true,
      description:
        'Buffers looked at that `liveBytes` was estimated from. Null in a saved profile, which does not tell.',
    }),
    liveMarginBytes: t.exposeFloat('liveMarginBytes', {
      nullable: true,
      description:
        'The true value is within this many bytes of `liveBytes` in 95 of 100 cases. Null in a saved profile, which does not tell.',
    }),
    cumulativeBytes: t.exposeFloat('cumulativeBytes', {
      nullable: true,
      description:
        'Bytes of all buffers that this stack made since `ExternalAllocations.since`, collected ones included. Null in a saved profile that does not tell.',
    }),
    cumulativeCount: t.exposeFloat('cumulativeCount', {
      nullable: true,
      description:
        'Buffers that this stack made since `ExternalAllocations.since`, collected ones included. Null in a saved profile that does not tell.',
    }),
    cumulativeSamples: t.exposeInt('cumulativeSamples', {
      nullable: true,
      description:
        'Buffers looked at that `cumulativeBytes` was estimated from. Null in a saved profile, which does not tell.',
    }),
    cumulativeMarginBytes: t.exposeFloat('cumulativeMarginBytes', {
      nullable: true,
      description:
        'The true value is within this many bytes of `cumulativeBytes` in 95 of 100 cases. Null in a saved profile, which does not tell.',
    }),
    ...stackFields(t, ({ frames }) => frames),
  }),
});

const NativeKindType = builder.objectRef<NativeKind>('NativeMemoryKind').implement({
  description: 'Things of one kind that have memory outside the heap, which no stack accounts for.',
  fields: (t) => ({
    kind: t.exposeString('kind', {
      description:
        'What Node calls things of the kind, such as `TCPSocketWrap`; `Worker` for worker threads, `Zlib` for compressing streams, `pprofql` for the thread that diagnostics run on.',
    }),
    count: t.exposeInt('count', { description: 'How many of the kind are open now.' }),
    bytes: t.exposeFloat('bytes', {
      nullable: true,
      description:
        'Bytes that all things of the kind hold together. Null where nobody knows, as of most kinds.',
    }),
  }),
});

const MemoryNotByStackType = builder.objectRef<MemoryNotByStack>('MemoryNotByStack').implement({
  description: 'What the process holds outside the heap that no stack accounts for.',
  fields: (t) => ({
    bufferBytes: t.exposeFloat('bufferBytes', {
      description:
        'Bytes of `process.memoryUsage().arrayBuffers` beyond the buffers told by stack: made by Node’s native code (bodies of `fetch`, `fs.promises.readFile`, outputs of zlib), by `new Uint8Array` and `new ArrayBuffer`, before pprofql was started, and the unused rest of shared blocks.',
    }),
    nativeBytes: t.exposeFloat('nativeBytes', {
      description:
        'Bytes of native objects that V8 was told of and that are no buffers (`external` minus `arrayBuffers` of `process.memoryUsage()`): zlib, cryptography, strings outside the heap.',
    }),
    mallocBytes: t.exposeFloat('mallocBytes', {
      description:
        'Bytes of the resident set that are neither V8’s heap nor `external`: what native code allocates by itself, machine code, stacks of threads, and the heaps of worker threads.',
    }),
    kinds: t.field({
      type: [NativeKindType],
      description:
        'What with memory of its own is open, by kind, most first. Compressing streams are counted only once `capture(watchOutside: true)` or a finding has had them watched.',
      resolve: ({ kinds }) => kinds,
    }),
  }),
});

const ExternalAllocationsType = builder.objectRef<TargetExternal>('ExternalAllocations').implement({
  description:
    'Memory outside the heap: buffers by the stack that made them through `Buffer.alloc`, `allocUnsafe`, `allocUnsafeSlow`, `concat`, `from` and `copyBytesFrom`, and the rest, which no stack accounts for.',
  fields: (t) => ({
    readAt: t.field({
      type: 'DateTime',
      description: 'When the memory was read. Older than now while the event loop is blocked.',
      resolve: ({ collectedAtMs }) => collectedAtMs,
    }),
    since: t.field({
      type: 'DateTime',
      nullable: true,
      description:
        'Since when buffers are seen being made; those from before are in `notByStack`. Null where buffers are not seen, and in a saved profile, which does not tell.',
      resolve: ({ sinceMs }) => sinceMs,
    }),
    unavailableReason: t.exposeString('unavailable', {
      nullable: true,
      description: 'Why no buffers are told by stack; null where they are.',
    }),
    garbageCollectedAt: t.field({
      type: 'DateTime',
      nullable: true,
      description:
        'When all garbage was last collected: what was made since then counts as live although nobody may need it. A read collects it where the pause budget allows that. Null where nobody knows.',
      resolve: ({ garbageCollectedAtMs }) => garbageCollectedAtMs,
    }),
    pauseMs: t.exposeFloat('pauseMs', {
      nullable: true,
      description:
        'How long the collection for this read stopped the observed loop, in milliseconds; 0 where none was needed or allowed. Null in a saved profile.',
    }),
    samplingIntervalBytes: t.exposeFloat('samplingIntervalBytes', {
      nullable: true,
      description:
        'Mean bytes between two buffers that are looked at, now. It grows while a program makes very many. Null where buffers are not seen, and in a saved profile.',
    }),
    liveBytes: t.exposeFloat('liveBytes', {
      nullable: true,
      description:
        'Bytes of live buffers of all stacks together, before cutting to the table size. Null where buffers are not seen.',
    }),
    cumulativeBytes: t.exposeFloat('totalBytes', {
      nullable: true,
      description:
        'Bytes of buffers ever made by all stacks together since `since`. Null where buffers are not seen.',
    }),
    stackCount: t.exposeInt('stackCount', {
      nullable: true,
      description:
        'Distinct stacks; the tables show the largest 50. Null where buffers are not seen.',
    }),
    inuseAllocations: t.field({
      type: [ExternalAllocationType],
      description: 'The 50 stacks whose buffers hold most live bytes; most first.',
      resolve: ({ source, inuse }) =>
        inuse.map((row) => ({ ...row, id: rowId(source, 'externalInuse', row.stackId) })),
    }),
    topAllocations: t.field({
      type: [ExternalAllocationType],
      description:
        'The 50 stacks that made most bytes of buffers since `since`, collected ones included; most first.',
      resolve: ({ source, top }) =>
        top.map((row) => ({ ...row, id: rowId(source, 'externalTop', row.stackId) })),
    }),
    notByStack: t.field({
      type: MemoryNotByStackType,
      nullable: true,
      description:
        'What the process holds outside the heap that no stack accounts for. Null where the memory of the process is not told with it.',
      resolve: ({ notByStack }) => notByStack,
    }),
  }),
});

targetField('externalAllocations', (t) =>
  t.field({
    type: ExternalAllocationsType,
    nullable: true,
    description:
      'Memory outside the heap: buffers by the stack that made them, live and ever made, and the rest. Null, with an error, where the target cannot be asked or tells nothing of it.',
    args: {
      collect: t.arg.boolean({
        defaultValue: true,
        description:
          'Collect garbage first, where the pause budget allows that, so that none of it counts as live: the program stands still for some 50 milliseconds where its heap is small, and some 8 more for each megabyte of small objects. Otherwise see `garbageCollectedAt`.',
      }),
    },
    resolve: async (view, { collect }, context) => {
      const source = targetOf(view, context);
      return { ...(await source.externalAllocations({ collect })), source };
    },
  }),
);
