/** Races out of what `go test -race` and programs built with `-race` print, also out of logs with a prefix. */
import type { Frame } from '../../profile/profile.ts';
import { culpritIn, outsideOfRuntime } from '../culprit.ts';
import { withoutPrefix } from '../header/prefix.ts';
import { functionOf, isPlace, placeOf } from '../stacks/frame.ts';
import type { DumpText } from '../text/dump-text.ts';
import { decoded, trimmed } from '../text/text.ts';
import type { GoRace, RaceAccess } from './race.ts';

export const RACE_WARNING = 'WARNING: DATA RACE';
const MOST_BYTES = 256 * 1024;
const MOST_RACES = 1_000;
const KEPT_RACES = 50;
const ACCESS =
  /^(?:Previous )?(?:atomic )?(read|write)(?: at 0x[0-9a-f]+)? by (?:main goroutine|goroutine (\d+)):$/i;
const CREATED = /^Goroutine (\d+) \(\w+\) created at:$/;
const END = /^(?:={5,}$|Found \d+ data race|--- |FAIL|goroutine \d+ \[|testing\.go:)/;

/** Races of which a report names both sides, most reports first. */
export function racesIn(texts: readonly DumpText[]): GoRace[] {
  const races = new Map<string, GoRace>();
  for (const text of texts) for (const { bytes } of text.pieces()) addRacesIn(bytes, races);
  return [...races.values()].sort((a, b) => b.count - a.count).slice(0, KEPT_RACES);
}

function addRacesIn(text: Buffer, races: Map<string, GoRace>): void {
  let seen = 0;
  for (let at = text.indexOf(RACE_WARNING); at >= 0 && seen < MOST_RACES; seen++) {
    const next = text.indexOf(RACE_WARNING, at + 1);
    const start = text.lastIndexOf('\n', at) + 1;
    const end = Math.min(next < 0 ? text.length : next, at + MOST_BYTES);
    const accesses = accessesIn(linesOf(text.toString('latin1', start, end)));
    if (accesses !== null) count(races, accesses);
    at = next;
  }
}

/** Each side may be noticed first. */
function count(races: Map<string, GoRace>, accesses: GoRace['accesses']): void {
  const key = accesses.map(placeKey).sort().join('\n');
  const known = races.get(key);
  if (known === undefined) races.set(key, { count: 1, accesses });
  else known.count++;
}

function placeKey({ isWrite, culprit }: RaceAccess): string {
  return `${isWrite} ${culprit?.function} ${culprit?.file}:${culprit?.line}`;
}

/** Those of one report, without what a log has put before each. */
function linesOf(report: string): string[] {
  const [first = '', ...lines] = report.split('\n');
  const prefix = first.slice(0, first.indexOf(RACE_WARNING));
  const bare = lines.map((line) => {
    const text = line.trimEnd();
    return trimmed(prefix === '' ? text : (withoutPrefix(text, prefix) ?? text));
  });
  const end = bare.findIndex((line) => END.test(line));
  return end < 0 ? bare : bare.slice(0, end);
}

/** Null where the report does not have both. */
function accessesIn(lines: readonly string[]): GoRace['accesses'] | null {
  const creators = new Map<number, Frame>();
  const found: RaceAccess[] = [];
  for (const [at, line] of lines.entries()) {
    const created = CREATED.exec(line);
    if (created !== null) {
      const frames = framesFrom(lines, at + 1);
      const creator = culpritIn(frames) ?? frames[0];
      if (creator !== undefined) creators.set(Number(created[1]), creator);
    }
    const access = ACCESS.exec(line);
    if (access !== null) found.push(accessOf(access, framesFrom(lines, at + 1)));
  }
  const [noticed, previous] = found.map((access) => ({
    ...access,
    creator: creators.get(access.goroutineId ?? -1) ?? null,
  }));
  return noticed === undefined || previous === undefined ? null : [noticed, previous];
}

function accessOf([, kind, id]: RegExpExecArray, frames: readonly Frame[]): RaceAccess {
  return {
    isWrite: kind!.toLowerCase() === 'write',
    goroutineId: id === undefined ? null : Number(id),
    frames,
    culprit: culpritIn(frames) ?? outsideOfRuntime(frames),
    creator: null,
  };
}

/** Calls, each above its place, up to the next paragraph or heading. */
function framesFrom(lines: readonly string[], from: number): Frame[] {
  const frames: Frame[] = [];
  for (let at = from; at + 1 < lines.length; at += 2) {
    const [call, place] = [lines[at]!, lines[at + 1]!];
    if (!functionOf(call).isKnownForm || !isPlace(place)) break;
    const { file, line } = placeOf(place);
    frames.push({ function: decoded(functionOf(call).name), file: decoded(file), line });
  }
  return frames;
}
