/** What health says of the program that a test has started, whoever else uses the machine. */
import { listed } from '../../api/base/text/list.ts';
import type { Finding, Health } from '../../client/index.ts';

/** True beside other programs, and no line of this one is to blame. */
const OF_THE_MACHINE: ReadonlySet<Finding['kind']> = new Set(['CPU_STARVED']);

/** The same in the health line of the page. */
export const NOTHING_OF_THE_PROGRAM = /^Healthy|^The main thread waited for a core /;

/** The health without what is about the machine: as it is told where the program has a core to itself. */
export function ofProgram(health: Health): Health {
  const findings = health.findings.filter(({ kind }) => !OF_THE_MACHINE.has(kind));
  if (findings.length === health.findings.length) return health;
  const [worst] = findings;
  return {
    ...health,
    status: worst?.severity ?? 'HEALTHY',
    sentence: worst?.sentence ?? healthySentence(health),
    findings,
  };
}

function healthySentence({ tooEarly }: Health): string {
  if (tooEarly.length === 0) return 'Healthy.';
  return `Healthy so far; it is too early to tell whether ${listed(tooEarly)}.`;
}
