import type { GoRace, RaceAccess } from '../../../go-dump/races/race.ts';
import type { Detection, Detector } from '../../finding.ts';
import { countWords, frameWords } from '../../words.ts';

interface Raced extends Detection {
  race: GoRace;
  /** Of all of them, where more are known than are told. */
  untold: number;
}

const TOLD = [0, 1, 2];

/** What Go's race detector has seen, the most frequent first, one finding each. */
export const dataRace: readonly Detector<Raced>[] = TOLD.map((rank) => ({
  name: `data-race-${rank}`,
  kind: 'DATA_RACE' as const,
  question: 'goroutines race for memory',
  check({ go }) {
    const races = go?.races ?? [];
    const race = races[rank];
    if (race === undefined) return null;
    const [noticed, previous] = race.accesses;
    // What writes is to blame rather than what reads.
    const blamed = noticed.isWrite || noticed.culprit === null ? noticed : previous;
    const { culprit, frames } = blamed.culprit === null ? noticed : blamed;
    const untold = rank === TOLD.length - 1 ? races.length - TOLD.length : 0;
    return { severity: 'WARNING', culprit, stack: frames, count: race.count, race, untold };
  },
  sentence({ race: { accesses, count }, untold }) {
    const [noticed, previous] = accesses;
    const often = count === 1 ? '' : `; ${countWords(count, 'report')} of it`;
    const more = untold === 0 ? '' : `; ${countWords(untold, 'other race')} beside these`;
    return `${accessWords(noticed)}, while ${accessWords(previous)}, with no order between them${often}${more}.`;
  },
  nextStep: () =>
    'Guard what both use with one lock, make it atomic, or hand it over through a channel; goroutines that share it may be started later, or waited for.',
}));

/** For example `main.get (/app/a.go:7) reads memory in goroutine 7`. */
function accessWords({ culprit, isWrite, goroutineId, creator }: RaceAccess): string {
  const who = goroutineId === null ? 'the main goroutine' : `goroutine ${goroutineId}`;
  const from = creator === null ? '' : `, created by ${creator.function}`;
  const where = culprit === null ? 'a line that is no longer known' : frameWords(culprit);
  return `${where} ${isWrite ? 'writes to' : 'reads'} memory in ${who}${from}`;
}
