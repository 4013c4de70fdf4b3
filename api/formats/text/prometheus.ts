/**
 * Metrics as Prometheus reads them: its text form, and OpenMetrics, which differs in where suffixes
 * stand, in a few words and in its end. Ours and not `prom-client`'s, which keeps its own registry of
 * instruments that a program counts with: here are snapshots of many targets, and escaping is all there is to it.
 */
import type { FamilyType, Labels, MetricFamily, Sample } from '../../diagnostics/metrics/family.ts';

export type MetricsForm = 'prometheus' | 'openmetrics';

export const METRICS_CONTENT_TYPES: Readonly<Record<MetricsForm, string>> = {
  prometheus: 'text/plain; version=0.0.4; charset=utf-8',
  openmetrics: 'application/openmetrics-text; version=1.0.0; charset=utf-8',
};

/** What OpenMetrics has to be told of a name that ends with one. */
const UNIT = /_(seconds|bytes|ratio)$/;

export function metricsText(families: readonly MetricFamily[], form: MetricsForm): string {
  const text = families.map((family) => familyText(family, form)).join('');
  return form === 'openmetrics' ? `${text}# EOF\n` : text;
}

function familyText({ name, type, help, samples }: MetricFamily, form: MetricsForm): string {
  const sampleName = name + SUFFIXES[type];
  const isOpen = form === 'openmetrics';
  const headName = isOpen ? name : sampleName;
  // What tells facts is a gauge to those who have no word for it.
  const shownType = type === 'info' && !isOpen ? 'gauge' : type;
  const unit = UNIT.exec(name)?.[1];
  return [
    `# HELP ${headName} ${isOpen ? quoted(help) : plain(help)}`,
    `# TYPE ${headName} ${shownType}`,
    ...(isOpen && unit !== undefined ? [`# UNIT ${headName} ${unit}`] : []),
    ...samples.map((sample) => sampleText(sampleName, sample)),
    '',
  ].join('\n');
}

const SUFFIXES: Readonly<Record<FamilyType, string>> = {
  gauge: '',
  counter: '_total',
  summary: '',
  info: '_info',
};

function sampleText(name: string, { part, labels = {}, value }: Sample): string {
  return `${name}${part === undefined ? '' : `_${part}`}${labelsText(labels)} ${numberText(value)}`;
}

function labelsText(labels: Labels): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${quoted(value)}"`);
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}

/** Both read Go's numbers, of which JavaScript's are some. */
function numberText(value: number): string {
  if (Number.isFinite(value)) return String(value);
  return Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf';
}

/** Half a character would make all of the text unreadable. */
const plain = (text: string): string =>
  text.toWellFormed().replaceAll('\\', '\\\\').replaceAll('\n', '\\n');

const quoted = (text: string): string => plain(text).replaceAll('"', '\\"');
