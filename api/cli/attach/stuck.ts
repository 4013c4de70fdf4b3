/** What a thread runs whose event loop does not turn: told through its inspector, in text. */
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { MS_PER_SECOND } from '../../base/units.ts';
import { analyzeFile, contentOf } from '../../targets/files/saved-file.ts';
import { reportOn } from '../report.ts';
import type { InspectorClient } from './inspector-client.ts';

const TURNS_WITHIN_MS = 2_000;
const LOOKS = 5;
const LOOK_DISTANCE_MS = 400;
const SHOWN_FRAMES = 20;
const PROFILE_MS = 3_000;
const SAMPLING_INTERVAL_US = 1_000;
const CONTROLS = /\p{Cc}/gu;

interface CallSite {
  functionName: string;
  scriptName: string;
  lineNumber: number;
}

/** Whether the event loop has not turned within two seconds. */
export async function isStuck(inspector: InspectorClient): Promise<boolean> {
  const turn =
    "new Promise((turned) => process.getBuiltinModule('node:timers').setImmediate(turned))";
  try {
    await inspector.evaluate(turn, { awaits: true, deadlineMs: TURNS_WITHIN_MS });
    return false;
  } catch {
    return true;
  }
}

/** @returns lines */
export async function tellStuck(inspector: InspectorClient): Promise<string[]> {
  const stacks: CallSite[][] = [];
  for (let look = 0; look < LOOKS; look++) {
    if (look > 0) await wait(LOOK_DISTANCE_MS);
    stacks.push(await stackOf(inspector));
  }
  return [...looksAt(stacks), ...(await profileOf(inspector))];
}

/** Not by `Error`, whose stacks a program may cut or write anew; nor by a pause, which a debugger would see. */
async function stackOf(inspector: InspectorClient): Promise<CallSite[]> {
  const sites = (await inspector.evaluate(
    `process.getBuiltinModule('node:util').getCallSites(${SHOWN_FRAMES + 1})
      .map(({ functionName, scriptName, lineNumber }) => ({ functionName, scriptName, lineNumber }))`,
  )) as CallSite[];
  // The first is what was evaluated.
  return sites.slice(1);
}

/**
 * The place that most looks found, and its stack.
 * @internal
 */
export function looksAt(stacks: readonly (readonly CallSite[])[]): string[] {
  const found = stacks.filter((stack) => stack.length > 0);
  if (found.length === 0) return ['  It runs no JavaScript of which a stack could be had.'];
  const byPlace = Map.groupBy(found, ([top]) => textOf(top!));
  const [[place, ofPlace] = ['', []]] = [...byPlace].sort(([, a], [, b]) => b.length - a.length);
  const others = [...byPlace.keys()].filter((other) => other !== place);
  return [
    `  At ${ofPlace.length} of ${stacks.length} looks it was in ${place}${others.length === 0 ? '' : `; else in ${others.join(', ')}`}. The stack:`,
    ...ofPlace[0]!.map((site) => `    ${textOf(site)}`),
  ];
}

function textOf({ functionName, scriptName, lineNumber }: CallSite): string {
  const file = scriptName.startsWith('file:') ? fileURLToPath(scriptName) : scriptName;
  return `${functionName || '(anonymous)'} (${file}:${lineNumber})`.replace(CONTROLS, '�');
}

async function profileOf(inspector: InspectorClient): Promise<string[]> {
  await inspector.call('Profiler.enable');
  await inspector.call('Profiler.setSamplingInterval', { interval: SAMPLING_INTERVAL_US });
  await inspector.call('Profiler.start');
  await wait(PROFILE_MS);
  const { profile } = await inspector.call('Profiler.stop');
  await inspector.call('Profiler.disable');
  const bytes = Buffer.from(JSON.stringify(profile));
  const content = contentOf(bytes);
  const savedAtMs = Date.now();
  const analysis = analyzeFile({ bytes, content, savedAtMs });
  const name = `The ${PROFILE_MS / MS_PER_SECOND} s after that`;
  return reportOn({ name, content, savedAtMs, analysis }).map((line) => `  ${line}`);
}
