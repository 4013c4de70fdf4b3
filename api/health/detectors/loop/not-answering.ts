import type { Evidence } from '../../evidence/evidence.ts';
import type { Detection, Detector } from '../../finding.ts';

interface NotAnswering extends Detection {
  error: string;
  isSilent: boolean;
}

/** A target does not answer, or refuses something. Of this process the event loop tells more. */
export const notAnswering: Detector<NotAnswering> = {
  name: 'not-answering',
  kind: 'NOT_ANSWERING',
  question: 'it answers',
  check(evidence) {
    const { error } = evidence;
    if (error === null) return null;
    const isSilent = isSilentTarget(evidence);
    return { severity: isSilent ? 'CRITICAL' : 'WARNING', error, isSilent };
  },
  sentence: ({ error, isSilent }) =>
    `${isSilent ? 'Not answering' : 'It was asked in vain'}: ${error}${/[.?!]$/.test(error) ? '' : '.'}`,
  nextStep: ({ isSilent }) =>
    isSilent
      ? 'See whether the process runs, and whether its address and token are right.'
      : 'See in the log of the target why it refused, and ask again.',
};

/** A target may give its figures, and refuse a profile. */
export function isSilentTarget({ error, points }: Evidence): boolean {
  return error !== null && points.at(-1)?.isResponding !== true;
}
