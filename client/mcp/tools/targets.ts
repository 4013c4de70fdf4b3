import type { Target } from '../../diagnostics-client.ts';

/** All other tools ask one of these. */
export const TARGETS = {
  name: 'targets',
  description:
    'What can be asked about, the default target first: the program itself, and other processes and saved files that this pprofql watches. Their names are the `target` of the other tools.',
} as const;

export function targetLine({ name, kind, state, error }: Target): string {
  return `${name}: ${kind}, ${state}${error === null ? '' : ` (${error})`}`;
}
