import { type Detection, type Detector, TOO_EARLY } from '../../finding.ts';

/** The same rule for a worker thread, whose findings are told among those of its process: by its name. */
export function ofThread<Found extends Detection>(
  detector: Detector<Found>,
): Detector<Found & { title: string }> {
  return {
    ...detector,
    check(evidence) {
      const found = detector.check(evidence);
      if (found === null || found === TOO_EARLY) return found;
      return { ...found, title: evidence.thread?.title ?? 'a worker' };
    },
    sentence: (found) => `${found.title}: ${uncapitalized(detector.sentence(found))}`,
  };
}

function uncapitalized(sentence: string): string {
  return sentence.charAt(0).toLowerCase() + sentence.slice(1);
}
