/** Health as Markdown, for people in a hurry and for language models; for the API and the SDK. */
import { durationText } from './duration.ts';
import { listed } from './list.ts';
import { oneLine } from './one-line.ts';

export interface ReportedFinding {
  severity: string;
  sentence: string;
  sinceMs: number;
  culprit: ReportedFrame | null;
  stack: readonly ReportedFrame[];
  routes: readonly { route: string; count: number }[];
  nextStep: string;
}

export interface ReportedFrame {
  function: string;
  /** The file as a person would call it. */
  path: string;
  /** 0 or null where unknown. */
  line: number | null;
}

export interface ReportedHealth {
  status: string;
  sentence: string;
  checkedAtMs: number;
  /** Most severe first. */
  findings: readonly ReportedFinding[];
  /** Questions that have too little evidence yet, such as `the heap grows`. */
  tooEarly: readonly string[];
  /** Newest first. */
  cleared: readonly { severity: string; sentence: string; clearedAtMs: number }[];
}

export interface ReportOptions {
  /** Name of the target; null for the default one. */
  target: string | null;
  /** Address of the page, ending in a slash; null: without links. */
  pageUrl: string | null;
}

/** More of either says nothing that the page does not say better. */
const MOST_FRAMES = 8;
const MOST_ROUTES = 5;
const MOST_FINDINGS = 20;

const SECTIONS = [
  ['overview', 'Overview'],
  ['requests', 'Requests'],
  ['tasks', 'Async tasks'],
  ['memory', 'Memory'],
  ['cpu', 'CPU profile'],
] as const;

/**
 * For example:
 * ```md
 * # Health: WARNING
 *
 * 1 finding, as of 2026-01-01T00:00:00.000Z.
 *
 * ## WARNING: 7 requests do not end, in placeOrder (shop.mjs:10).
 *
 * - Where: `placeOrder` (shop.mjs:10)
 * - Since: 2025-12-31T23:55:00.000Z (5 min)
 * - Next step: Look at what it waits for.
 * ```
 */
export function healthReport(health: ReportedHealth, options: ReportOptions): string {
  const { status, findings, checkedAtMs } = health;
  const of = options.target === null ? '' : ` of ${plain(options.target)}`;
  const blocks = [`# Health${of}: ${status}`, summaryOf(health)];
  for (const finding of findings.slice(0, MOST_FINDINGS)) {
    blocks.push(...findingBlocks(finding, checkedAtMs));
  }
  if (findings.length > MOST_FINDINGS) {
    blocks.push(`${findings.length - MOST_FINDINGS} more findings are left out.`);
  }
  if (findings.length > 0 && health.tooEarly.length > 0) {
    blocks.push(`It is too early to tell whether ${plain(listed(health.tooEarly))}.`);
  }
  if (health.cleared.length > 0) blocks.push(clearedText(health.cleared));
  if (options.pageUrl !== null) blocks.push(linksOf(options.pageUrl, options.target));
  return `${blocks.join('\n\n')}\n`;
}

function summaryOf({ findings, sentence, checkedAtMs }: ReportedHealth): string {
  const at = new Date(checkedAtMs).toISOString();
  if (findings.length === 0) return `${plain(sentence)} As of ${at}.`;
  const count = findings.length === 1 ? '1 finding' : `${findings.length} findings, worst first`;
  return `${count}, as of ${at}.`;
}

function findingBlocks(finding: ReportedFinding, nowMs: number): string[] {
  const { severity, sentence, sinceMs, culprit, routes, nextStep, stack } = finding;
  const lines = [
    ...(culprit === null ? [] : [`- Where: ${placeOf(culprit)}`]),
    ...(routes.length === 0 ? [] : [`- Routes: ${routesText(routes)}`]),
    `- Since: ${new Date(sinceMs).toISOString()} (${durationText(Math.max(0, nowMs - sinceMs))})`,
    `- Next step: ${plain(nextStep)}`,
  ];
  const frames = stack.slice(0, MOST_FRAMES).map((frame) => `  - ${placeOf(frame)}`);
  if (frames.length > 1) lines.push('- Stack, top first:', ...frames);
  return [`## ${severity}: ${plain(sentence)}`, lines.join('\n')];
}

function clearedText(cleared: ReportedHealth['cleared']): string {
  const lines = cleared.map(
    ({ severity, sentence, clearedAtMs }) =>
      `- ${severity}, gone since ${new Date(clearedAtMs).toISOString()}: ${plain(sentence)}`,
  );
  return ['Cleared in the last hour, newest first:', '', ...lines].join('\n');
}

function placeOf({ function: name, path, line }: ReportedFrame): string {
  const place = path === '' ? '' : ` (${plain(line ? `${path}:${line}` : path)})`;
  return `${code(name)}${place}`;
}

function routesText(routes: ReportedFinding['routes']): string {
  const shown = routes.slice(0, MOST_ROUTES).map(({ route, count }) => `${code(route)} (${count})`);
  const left = routes.length - shown.length;
  return left > 0 ? `${shown.join(', ')} and ${left} more` : shown.join(', ');
}

function linksOf(pageUrl: string, target: string | null): string {
  const links = SECTIONS.map(([view, title]) => {
    const url = new URL(pageUrl);
    if (target !== null) url.searchParams.set('target', target);
    url.searchParams.set('view', view);
    return `[${title}](${url.href})`;
  });
  return `More: ${links.join(', ')}.`;
}

/** One line in which nothing is markup: names and routes come from elsewhere, also from who asks. */
function plain(text: string): string {
  return oneLine(text).replace(/[\\`*[\]<]/g, '\\$&');
}

/** Within backticks; those in the text are left out. */
function code(text: string): string {
  return `\`${oneLine(text).replaceAll('`', '')}\``;
}
