import { expect, it } from 'vitest';
import type { Finding } from '../../client/index.ts';
import { findingLines } from './findings.ts';

const growth = {
  id: 'heap',
  severity: 'WARNING',
  since: '2026-01-01T00:00:00.000Z',
  sentence: 'Heap grew.',
  nextStep: 'Look at the stack.',
} as Finding;
const LINE = 'WARNING since 2026-01-01T00:00:00.000Z: Heap grew. Look at the stack.';

it('says what is found, once, again when it gets worse, and when it is cleared', () => {
  const found = { findings: [growth] };
  const later = { findings: [{ ...growth, sentence: 'Heap grew more.' }] };
  const worse = { findings: [{ ...growth, severity: 'CRITICAL' as const }] };
  expect(findingLines(null, found)).toEqual([LINE]);
  expect(findingLines(found, later)).toEqual([]);
  expect(findingLines(later, worse)).toEqual([LINE.replace('WARNING', 'CRITICAL')]);
  expect(findingLines(worse, { findings: [] })).toEqual(['Cleared: Heap grew.']);
});
