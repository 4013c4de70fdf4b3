/** The sections of the page, in the order of the navigation. A new one is one more entry. */
import type { ComponentType } from 'react';
import type { TargetKind } from '../../generated/graphql.ts';
import { CapturesSection } from '../captures/captures-section.tsx';
import { OverviewSection } from '../charts/overview-section.tsx';
import { CpuSection } from '../cpu/cpu-section.tsx';
import { FleetSection } from '../fleet/lazy-section.tsx';
import { hasGoroutines } from '../live/kind.ts';
import { useTarget } from '../live/observatory.ts';
import { useProcess } from '../live/process.tsx';
import { MemorySection } from '../memory/memory-section.tsx';
import { RequestsSection } from '../requests/requests-section.tsx';
import { StacksSection } from '../stacks/stacks-section.tsx';
import { TasksSection } from '../tasks/tasks-section.tsx';

export interface Section {
  /** Value of `view` in the address. */
  id: string;
  title: string;
  Content: ComponentType;
  /** What files must tell to have it; absent where only a running process can. */
  fileField?: string;
  /** What any target must tell to have it; absent where each does. */
  field?: string;
  /** Only what has goroutines can fill it. @default false */
  isOfGo?: boolean;
}

const SECTIONS: readonly [Section, ...Section[]] = [
  { id: 'overview', title: 'Overview', Content: OverviewSection },
  { id: 'cpu', title: 'CPU', Content: CpuSection, fileField: 'cpuProfiles' },
  { id: 'memory', title: 'Memory', Content: MemorySection, fileField: 'inuseAllocations' },
  { id: 'requests', title: 'Requests', Content: RequestsSection, field: 'requests' },
  { id: 'tasks', title: 'Async tasks', Content: TasksSection, fileField: 'runtime.numGoroutine' },
  { id: 'stacks', title: 'Waits', Content: StacksSection, fileField: 'stackProfile', isOfGo: true },
  { id: 'captures', title: 'Captures', Content: CapturesSection },
];

/** All instances of a fleet together have nothing else. */
const FLEET: Section = { id: 'fleet', title: 'Instances', Content: FleetSection };

/** Those that the target can fill. */
export function useSections(): readonly [Section, ...Section[]] {
  const kind = useTarget()?.kind ?? null;
  const unavailable = useProcess()?.pprof.unavailable.map(({ field }) => field) ?? [];
  const isShown = ({ field, fileField, isOfGo = false }: Section) =>
    (!isOfGo || hasGoroutines(kind)) &&
    (field === undefined || !unavailable.includes(field)) &&
    (kind !== 'FILE' || (fileField !== undefined && !unavailable.includes(fileField)));
  if (kind === 'FLEET') return [FLEET];
  const [first = SECTIONS[0], ...others] = SECTIONS.filter(isShown);
  return [named(first, kind), ...others.map((section) => named(section, kind))];
}

function named(section: Section, kind: TargetKind | null): Section {
  return section.id === 'tasks' && hasGoroutines(kind)
    ? { ...section, title: 'Goroutines' }
    : section;
}
