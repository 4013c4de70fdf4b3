/** A black box as a run leaves it behind. */
import { METRIC_ENTRIES, type MetricValues } from '../../analyzers/metrics/metrics.ts';
import { allocationRow } from '../../analyzers/testing/allocation-row.ts';
import { type BlackBox, FORMAT } from '../../diagnostics/black-box/record/record.ts';

export const MB = 1_000_000;
export const WRITTEN_AT_MS = Date.UTC(2026, 0, 31, 14, 3);

const SEARCH = { function: 'searchCached', file: '/app/app.mjs', line: 8, path: 'app.mjs' };
const metrics = Object.fromEntries(METRIC_ENTRIES.map(([name]) => [name, 1])) as MetricValues;

/** Of a program that ran for two hours and leaks. */
export function aBox(given: Partial<BlackBox> = {}): BlackBox {
  return {
    format: FORMAT,
    program: '0123456789abcdef',
    intervalMs: 10_000,
    writtenAtMs: WRITTEN_AT_MS,
    process: {
      pid: 4_194_304,
      startedAtMs: WRITTEN_AT_MS - 2 * 60 * 60_000,
      startTicks: 1,
      bootId: 'another boot',
      pidNamespace: 'pid:[1]',
      title: 'app.mjs',
      entryFile: '/app/app.mjs',
      cwd: '/app',
      programRoot: null,
      nodeVersion: 'v26.10.0',
      pprofqlVersion: '0.1.0',
      platform: 'linux',
      arch: 'x64',
      isAttended: false,
    },
    memory: {
      takenAtMs: WRITTEN_AT_MS,
      heapUsedBytes: 50 * MB,
      oldSpaceUsedBytes: 50 * MB,
      heapLimitBytes: 100 * MB,
      externalBytes: MB,
      arrayBuffersBytes: MB,
      rssBytes: 100 * MB,
    },
    handlesStops: false,
    guessedOldSpaceBytes: null,
    rssBytes: 100 * MB,
    kernel: { killsForMemory: null, killsOnMachine: null, memoryLimitBytes: null },
    history: [
      {
        ...metrics,
        sequence: 1,
        timestampMs: WRITTEN_AT_MS,
        instanceId: 'instance',
        isResponding: true,
        isProfiled: false,
        blockedForMs: 0,
      },
    ],
    allocations: {
      collectedAtMs: WRITTEN_AT_MS,
      liveBytes: 100 * MB,
      samplingIntervalBytes: 524_288,
      rows: [
        {
          stackId: 'stack',
          ...allocationRow({
            frames: [SEARCH],
            bytes: 84 * MB,
            count: 1_000,
            samples: 160,
            marginBytes: MB,
            liveBytes: 84 * MB,
            liveCount: 1_000,
            liveSamples: 160,
            liveMarginBytes: MB,
          }),
        },
      ],
    },
    tasks: [{ state: 'await', count: 3, frames: [SEARCH] }],
    findings: [
      {
        id: 'finding',
        kind: 'HEAP_GROWTH',
        severity: 'WARNING',
        sinceMs: WRITTEN_AT_MS,
        sentence: 'The heap grows.',
        culprit: SEARCH,
        stack: [SEARCH],
        routes: [{ route: 'GET /search', count: 3 }],
        count: null,
        bytes: 84 * MB,
        nextStep: 'Give it a bound.',
      },
    ],
    lastStall: {
      id: '1',
      startedAtMs: WRITTEN_AT_MS,
      durationMs: 1_200,
      state: 'RUNNING_JAVASCRIPT',
      looks: 3,
      nativeLooks: 0,
      droppedLooks: 0,
      stacks: [{ frames: [SEARCH], looks: 3, seenAtMs: WRITTEN_AT_MS, isNativeCaller: false }],
      sentence: 'The event loop did not turn for 1 s.',
    },
    end: null,
    ...given,
  };
}
