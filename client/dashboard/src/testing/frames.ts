import type { Frame } from '../frames/frames.ts';

/** `aFrame('work', '/app/src/work.ts', 3)`: a place in a program below `/app`, by its file. */
export function aFrame(name: string, file: string, line = 1): Frame {
  const path = file.replace(/^(?:file:\/\/)?\/app\//, '');
  return { function: name, file, path, line, origin: originOf(file) };
}

function originOf(file: string): Frame['origin'] {
  if (file === '' || file.startsWith('node:')) return 'RUNTIME';
  return file.includes('node_modules') ? 'DEPENDENCY' : 'OWN';
}
