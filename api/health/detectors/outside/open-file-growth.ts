import { durationText } from '../../../base/text/duration.ts';
import type { OpenFilesEvidence } from '../../evidence/outside.ts';
import { type Detection, type Detector, TOO_EARLY } from '../../finding.ts';
import { outsideGrowth } from '../../growth/outside-growth.ts';
import { groupedDigits } from '../../words.ts';

interface OpenFileGrowth extends Detection {
  count: number;
  lastedMs: number;
  /** Where most of them are. */
  files: OpenFilesEvidence;
  /** Regular files that are open now. */
  openCount: number;
}

const GROWN_FILES = 15;
const GROWN_SHARE = 0.25;
/** Of the descriptors that grew, files that are open now. */
const EXPLAINED_SHARE = 0.8;

/**
 * Ever more descriptors of files that nobody saw being opened: what `fs.openSync` and `fs.open` give is a number, which
 * nothing tells the line of. What is open says at least where to look.
 */
export const openFileGrowth: Detector<OpenFileGrowth> = {
  name: 'open-file-growth',
  kind: 'HANDLE_GROWTH',
  question: 'memory outside the heap grows',
  isExplainedBy: ['HANDLE_GROWTH', 'TASK_GROWTH'],
  check({ outside }) {
    if (outside === null) return null;
    const { levels, openFiles } = outside;
    const growth = outsideGrowth(levels, ({ descriptors }) => descriptors ?? 0);
    if (growth === null || growth === TOO_EARLY) return growth;
    const { before, grown, lastedMs, sinceMs } = growth;
    const openCount = openFiles.reduce((sum, { count }) => sum + count, 0);
    const [files] = openFiles;
    if (files === undefined || openCount < EXPLAINED_SHARE * grown) return null;
    if (grown < GROWN_FILES || grown < before * GROWN_SHARE) return null;
    return {
      severity: 'NOTICE',
      sinceMs,
      count: grown,
      grownShare: grown / Math.max(1, before),
      lastedMs,
      files,
      openCount,
    };
  },
  sentence: ({ count, lastedMs, files, openCount }) =>
    `Ever more open files: ${groupedDigits(count)} more descriptors in ${durationText(lastedMs)}; ${filesWords(files, openCount)}.`,
  nextStep: ({ files }) =>
    `Search the program for \`fs.openSync\` and \`fs.open\` of ${files.isFolder ? 'files in this folder' : 'this file'}, and close each descriptor on every path, also where something throws or returns early: \`finally\`.`,
};

/** For example `498 of 512 open files are in /data/parts`, `all 40 open files are /data/a.csv`. */
function filesWords({ path, isFolder, count }: OpenFilesEvidence, openCount: number): string {
  const some =
    count === openCount
      ? `all ${groupedDigits(count)}`
      : `${groupedDigits(count)} of ${groupedDigits(openCount)}`;
  return `${some} open files are ${isFolder ? 'in ' : ''}${path}`;
}
