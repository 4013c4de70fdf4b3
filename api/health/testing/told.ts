import type { Evidence } from '../evidence/evidence.ts';
import { type Detection, type Detector, TOO_EARLY } from '../finding.ts';
import { evidenceOf } from './evidence.ts';

/** What a detector says of otherwise healthy evidence, with its severity; null where it finds nothing. */
export function told<Found extends Detection>(
  detector: Detector<Found>,
  given: Partial<Evidence>,
): string | null {
  const found = detector.check(evidenceOf(given));
  if (found === null || found === TOO_EARLY) return null;
  return `${found.severity}: ${detector.sentence(found)}`;
}
