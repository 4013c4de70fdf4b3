/** A heap profile as it stands in a capture: rows of numbers, since names of fields would be most of it. */

import { frame } from '../../../../diagnostics/black-box/record/read.ts';
import {
  aNumber,
  aText,
  type Check,
  listOf,
  recordOf,
} from '../../../../diagnostics/black-box/record/shape.ts';
import type { HeapEvidence, Profile, Sample } from '../../../../profile/profile.ts';

export interface ToldProfile extends Pick<Profile, 'sampleTypes' | 'frames'> {
  /** Stack, values and evidence; nothing in the last where there is none. */
  samples: (readonly [stack: number[], values: number[], evidence: number[]])[];
}

const MOST_FRAMES = 100_000;
const MOST_SAMPLES = 100_000;
const MOST_SAMPLE_TYPES = 10;
const MOST_DEPTH = 1_000;
const NUMBERS_OF_EVIDENCE = 6;

export function toldProfile({ sampleTypes, frames, samples }: Profile): ToldProfile {
  return {
    sampleTypes,
    frames,
    samples: samples.map(({ stack, values, evidence }) => [
      Array.from(stack),
      Array.from(values),
      evidence === undefined ? [] : numbersOf(evidence),
    ]),
  };
}

const numbersOf = ({ live, cumulative }: HeapEvidence): number[] =>
  [live, cumulative].flatMap(({ samples, variance, doubtBytes }) => [
    samples,
    variance,
    doubtBytes,
  ]);

function evidenceOf(numbers: readonly number[]): HeapEvidence {
  const amount = (at: number) => ({
    samples: numbers[at]!,
    variance: numbers[at + 1]!,
    doubtBytes: numbers[at + 2]!,
  });
  return { live: amount(0), cumulative: amount(NUMBERS_OF_EVIDENCE / 2) };
}

const parts = recordOf<Pick<Profile, 'sampleTypes' | 'frames'> & { samples: unknown[] }>({
  sampleTypes: listOf(recordOf({ type: aText, unit: aText }), MOST_SAMPLE_TYPES),
  frames: listOf(frame, MOST_FRAMES),
  samples: listOf((value: unknown) => value, MOST_SAMPLES),
});

const numbers: Check<number[]> = listOf(aNumber, MOST_DEPTH);

export const profile: Check<Profile> = (value, name) => {
  const { samples, ...told } = parts(value, name);
  const frameCount = told.frames.length;
  const isFrame = (at: number) => Number.isInteger(at) && at >= 0 && at < frameCount;
  function sampleOf(row: unknown, at: number): Sample {
    const place = `${name}.samples[${at}]`;
    const [stack, values, evidence] = listOf(numbers, 3)(row, place);
    if (stack === undefined || !stack.every(isFrame)) throw new Error(`${place} has no stack`);
    if (values?.length !== told.sampleTypes.length) throw new Error(`${place} has no values`);
    const amounts = evidence?.length ?? 0;
    if (amounts === 0) return { stack, values };
    if (amounts !== NUMBERS_OF_EVIDENCE) throw new Error(`${place} has other evidence`);
    return { stack, values, evidence: evidenceOf(evidence!) };
  }
  return { ...told, samples: samples.map(sampleOf) };
};
