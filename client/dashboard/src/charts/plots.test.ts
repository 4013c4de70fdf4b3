import { describe, expect, test } from 'vitest';
import { aPoint } from '../testing/points.ts';
import { missingPlots, plotsFor } from './plots.ts';

const OF_GO = [
  'eventLoop',
  'memory.external',
  'memory.arrayBuffers',
  'runtime.requestsInFlight',
].map((field) => ({ field, reason: 'Go has none' }));

/** Title of each chart, with what it calls its lines. */
const wordsOf = (plots: ReturnType<typeof plotsFor>) =>
  plots.map(({ title, lines }) => [title, ...lines.map(({ label }) => label)].join(' | '));

describe('the charts', () => {
  test('of a Node process draw every metric in its place', () => {
    expect(wordsOf(plotsFor([], 'NODE'))).toEqual([
      'Memory | resident | heap size | heap used',
      'Memory outside of the heap | all | buffers',
      'CPU | of one core',
      'Event-loop delay | max | p99 | p50',
      'Event-loop utilization | busy',
      'Garbage-collection pauses | total | longest',
      'Live async tasks | tasks | HTTP requests',
    ]);
  });

  test('of a Go process are in the words of Go, without what it has not, and nobody is told of that', () => {
    expect(wordsOf(plotsFor(OF_GO, 'GO'))).toEqual([
      'Memory | from the system | heap size | heap used',
      'CPU | of one core',
      'Garbage-collection pauses | total | longest',
      'Goroutines | goroutines',
    ]);
    expect(missingPlots(OF_GO, 'GO')).toEqual([]);
  });

  test('say why one is missing', () => {
    const reason = 'the target serves no /metrics';
    const unavailable = [{ field: 'history.usagePercent', reason }];
    expect(missingPlots(unavailable, 'GO')).toEqual([{ title: 'CPU', reason }]);
  });

  test('go on while the thread is blocked with what is read without it, and have gaps in the rest', () => {
    const silent = aPoint({ responding: false });
    const drawn = (kind: 'NODE' | 'GO') =>
      plotsFor([], kind).flatMap(({ lines }) =>
        lines.filter((line) => line.read(silent) !== null).map(({ label }) => label),
      );
    expect(drawn('NODE')).toEqual(['resident', 'of one core']);
    expect(drawn('GO')).toEqual([]);
  });
});
