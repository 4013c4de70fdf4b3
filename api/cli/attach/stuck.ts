/** What a thread runs whose event loop does not turn: told through its inspector, in text. */
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { MS_PER_SECOND } from '../../base/numbers/units.ts';
import { textTable } from '../text-table.ts';
import type { InspectorClient } from './inspector-client.ts';

const TURNS_WITHIN_MS = 2_000;
const LOOK_FOR_MS = 3_000;
const LOOK_DISTANCE_MS = 25;
const MOST_FRAMES = 50;
const SHOWN_FRAMES = 20;
const SHOWN_FUNCTIONS = 10;
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

/**
 * Looks for three seconds. Not by V8's profiler, which does not know code that was optimized in the middle of the loop
 * before it began, and would charge it to whoever called that. @returns lines
 */
export async function tellStuck(inspector: InspectorClient): Promise<string[]> {
  const stacks: CallSite[][] = [];
  const beganMs = performance.now();
  while (performance.now() - beganMs < LOOK_FOR_MS) {
    stacks.push(await stackOf(inspector));
    await wait(LOOK_DISTANCE_MS);
  }
  return [...placesOf(stacks), ...functionsOf(stacks)];
}

/** Not by `Error`, whose stacks a program may cut or write anew; nor by a pause, which a debugger would see. */
async function stackOf(inspector: InspectorClient): Promise<CallSite[]> {
  const sites = (await inspector.evaluate(
    `process.getBuiltinModule('node:util').getCallSites(${MOST_FRAMES + 1})
      .map(({ functionName, scriptName, lineNumber }) => ({ functionName, scriptName, lineNumber }))`,
  )) as CallSite[];
  // The first is what was evaluated.
  return sites.slice(1);
}

/**
 * Where it was found most often, and how it got there.
 * @internal
 */
export function placesOf(stacks: readonly (readonly CallSite[])[]): string[] {
  const found = stacks.filter((stack) => stack.length > 0);
  const byPlace = Map.groupBy(found, ([top]) => textOf(top!));
  const [most] = [...byPlace].sort(([, a], [, b]) => b.length - a.length);
  if (most === undefined) return ['  It runs no JavaScript of which a stack could be had.'];
  const [place, [stack = []]] = most;
  const hidden = stack.length - SHOWN_FRAMES;
  return [
    `  ${most[1].length} of ${stacks.length} looks within ${LOOK_FOR_MS / MS_PER_SECOND} s found it in ${place}:`,
    ...stack.slice(0, SHOWN_FRAMES).map((site) => `    ${textOf(site)}`),
    ...(hidden > 0 ? [`    … and ${hidden} more`] : []),
  ];
}

interface FunctionShare {
  self: number;
  total: number;
  /** How often which line of it ran. */
  lines: Map<string, number>;
}

/**
 * Where the time goes by function: on top, and with what it called.
 * @internal
 */
export function functionsOf(stacks: readonly (readonly CallSite[])[]): string[] {
  const shares = new Map<string, FunctionShare>();
  for (const stack of stacks) {
    const seen = new Set<string>();
    stack.forEach((site, depth) => {
      const key = `${site.functionName} ${site.scriptName}`;
      const share = shares.get(key) ?? { self: 0, total: 0, lines: new Map<string, number>() };
      shares.set(key, share);
      if (depth === 0) share.self += 1;
      // A function that calls itself counts once.
      if (seen.has(key)) return;
      seen.add(key);
      share.total += 1;
      share.lines.set(textOf(site), (share.lines.get(textOf(site)) ?? 0) + 1);
    });
  }
  const rows = [...shares.values()].sort((a, b) => b.self - a.self || b.total - a.total);
  const percent = (looks: number) => `${Math.round((100 * looks) / stacks.length)} %`;
  return textTable<FunctionShare>(rows.slice(0, SHOWN_FUNCTIONS), [
    { title: 'SELF', align: 'right', cell: ({ self }) => percent(self) },
    { title: 'TOTAL', align: 'right', cell: ({ total }) => percent(total) },
    {
      title: 'FUNCTION (MOST FREQUENT LINE)',
      cell: ({ lines }) => [...lines].sort(([, a], [, b]) => b - a)[0]![0],
    },
  ]);
}

function textOf({ functionName, scriptName, lineNumber }: CallSite): string {
  const path = scriptName.startsWith('file:') ? fileURLToPath(scriptName) : scriptName;
  const file = path === '' ? 'evaluated code' : path;
  return `${functionName || '(anonymous)'} (${file}:${lineNumber})`.replace(CONTROLS, '�');
}
