import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { CapturedMoment } from '../../../../diagnostics/captures/capture.ts';
import { fakeDiagnostics } from '../../../../server/testing/fake-diagnostics.ts';
import { MOST_CAPTURE_BYTES, readCapture, readHead, writeCapture } from './capture.ts';

const FRAME = { function: 'hold', file: '/app/hold.js', line: 3, path: 'hold.js' };
const AHEAD_MS = 3_600_000;

async function aMoment(values: Partial<CapturedMoment> = {}): Promise<CapturedMoment> {
  const fake = fakeDiagnostics();
  const { observation, total, instrumentation } = await fake.goroutines({ raw: false });
  return {
    askedAtMs: 1_000,
    heap: {
      collectedAtMs: 1_001,
      pauseMs: 2,
      samplingIntervalBytes: 512,
      rotations: 0,
      cumulativeUnavailable: null,
      profile: {
        sampleTypes: [{ type: 'inuse_space', unit: 'bytes' }],
        frames: [FRAME, { function: 'main', file: '', line: 0 }],
        samples: [
          {
            stack: [0, 1],
            values: [4_096],
            evidence: {
              live: { samples: 2, variance: 9, doubtBytes: 1 },
              cumulative: { samples: 3, variance: 10, doubtBytes: 0 },
            },
          },
          { stack: [1], values: [7] },
        ],
      },
    },
    heapUnavailable: null,
    external: null,
    made: [{ key: 'k', kind: 'BUFFER', frames: [FRAME], kept: 2, keptBytes: 9 }],
    tasks: {
      observation,
      total,
      instrumentation,
      groups: [
        {
          ...{ id: 'i', stackId: 's', state: 'await', count: 3, sampled: 3 },
          ...{ oldestWaitMs: 5, medianWaitMs: null, newestWaitMs: 1 },
          ...{ topFrame: FRAME, culprit: null, frames: [FRAME], stackKind: 'WAITS' },
          ...{ category: 'UNKNOWN', categoryReason: 'nothing tells', refed: null },
          ...{ routes: [{ route: 'GET /', count: 3 }], oldestRequestMs: null },
          ...{ outlivedRequest: 0, stuckCount: 0, stuckReason: null, longWaitingCount: 0 },
        },
      ],
    },
    pprof: { ...(await fake.pprof()), heapObjectsAtMs: null },
    ...values,
  };
}

const packedOf = (value: unknown) =>
  Buffer.concat([
    Buffer.from('{"name":"x","askedAtMs":1}\n'),
    gzipSync(typeof value === 'string' ? value : JSON.stringify(value)),
  ]);

describe('a capture on the engine', () => {
  it('comes back as it was written, whichever clocks its writer and its reader have', async () => {
    const moment = await aMoment();
    const written = writeCapture('before', moment, AHEAD_MS)!;
    expect(readHead(written)).toEqual({ name: 'before', askedAtMs: 1_000 + AHEAD_MS });
    const read = readCapture(written, AHEAD_MS)!;
    expect(read).toEqual({
      ...moment,
      name: 'before',
      displaced: null,
      pprof: { ...moment.pprof, figures: read.pprof.figures },
    });
    expect(read.pprof.figures).toMatchObject({
      takenAtMs: moment.pprof.figures.takenAtMs,
      memory: moment.pprof.figures.memory,
      gc: moment.pprof.figures.gc,
    });
    const later = readCapture(written, AHEAD_MS - 500)!;
    expect(later.heap?.collectedAtMs).toBe(1_501);
    expect(later.tasks.observation.measuredAtMs - later.pprof.observation.measuredAtMs).toBe(
      moment.tasks.observation.measuredAtMs - moment.pprof.observation.measuredAtMs,
    );
  });

  it('is not written where it is larger than one may be', async () => {
    const noise = Array.from({ length: 60_000 }, (_, at) => ({
      stack: [0],
      values: [Math.sin(at) * 1e15],
    }));
    const { heap } = await aMoment();
    const large = await aMoment({
      heap: { ...heap!, profile: { ...heap!.profile, samples: noise } },
    });
    expect(writeCapture('large', large, 0)).toBeNull();
  });

  it('is none where anything of it is not as it should be', async () => {
    const moment = await aMoment();
    const told = JSON.parse(JSON.stringify(moment));
    const heapWith = (samples: unknown) => ({
      ...told,
      heap: { ...told.heap, profile: { ...told.heap.profile, samples } },
    });
    expect(readCapture(packedOf(heapWith([[[0], [1], []]])), 0)).not.toBeNull();
    for (const samples of [
      [[[2], [1], []]],
      [[[-1], [1], []]],
      [[[0.5], [1], []]],
      [[[0], [], []]],
      [[[0], [1], [1]]],
      [[[0]]],
      [[]],
      [7],
      null,
    ]) {
      expect(readCapture(packedOf(heapWith(samples)), 0)).toBeNull();
    }
    expect(readCapture(packedOf({ ...heapWith([]), tasks: { groups: 7 } }), 0)).toBeNull();
    for (const written of [
      Buffer.alloc(0),
      Buffer.from('{"name":"x"}\n'),
      Buffer.from('{"name":"x","askedAtMs":1}\nnot packed'),
      packedOf(''),
      packedOf('[1'),
      packedOf(' '.repeat(30_000_000)),
      Buffer.alloc(MOST_CAPTURE_BYTES + 1, packedOf(heapWith([]))),
    ]) {
      expect(readCapture(written, 0)).toBeNull();
    }
  });
});
