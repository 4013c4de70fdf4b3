/** The sections of the page, in the order of the navigation. A new one is one more entry. */
import type { ComponentType } from 'react';
import { OverviewSection } from '../charts/overview-section.tsx';
import { CpuSection } from '../cpu/cpu-section.tsx';
import { MemorySection } from '../memory/memory-section.tsx';
import { SnapshotsSection } from '../snapshots/snapshots-section.tsx';
import { TasksSection } from '../tasks/tasks-section.tsx';

export interface Section {
  /** Value of `view` in the address. */
  id: string;
  title: string;
  Content: ComponentType;
}

export const SECTIONS: readonly [Section, ...Section[]] = [
  { id: 'overview', title: 'Overview', Content: OverviewSection },
  { id: 'cpu', title: 'CPU', Content: CpuSection },
  { id: 'memory', title: 'Memory', Content: MemorySection },
  { id: 'tasks', title: 'Async tasks', Content: TasksSection },
  { id: 'snapshots', title: 'Snapshots', Content: SnapshotsSection },
];
