/** Four CPU samples: one in `main`, two in `work` that it calls, one idle. */
import type { CpuReading } from '../../probe/readings/cpu.ts';

export const cpuReading: CpuReading = {
  id: 1,
  startedAtMs: 1_000,
  durationMs: 4,
  samplingIntervalUs: 1_000,
  startPauseMs: 0,
  stopPauseMs: 0,
  strings: ['', 'main', 'work', '(idle)', '/app/main.js'],
  parent: [-1, 0, -1],
  functionName: [1, 2, 3],
  file: [4, 4, 0],
  line: [1, 7, 0],
  column: [1, 5, 0],
  sampleNode: [0, 1, 1, 2],
  sampleRoute: [-1, -1, -1, -1],
  sampleCpuUs: null,
  sampleAtUs: [500, 1_500, 2_500, 4_000],
  droppedSamples: 0,
  routes: [],
  routesUnavailable: null,
  otherThreadsCpuUs: null,
};
