import { expect, test } from 'vitest';
import { filesByFolder } from './files-by-folder.ts';

test('open files are told by folder, and by file where one makes nearly all of it', () => {
  expect(
    filesByFolder([
      ...Array.from({ length: 5 }, (_, at) => `/data/parts/${at} (deleted)`),
      ...Array.from({ length: 4 }, () => '/etc/app/rates.csv'),
      'socket:[77]',
      'anon_inode:[eventfd]',
      '/dev/null',
      '/proc/self/status',
      '',
    ]),
  ).toEqual([
    { path: '/data/parts', isFolder: true, count: 5 },
    { path: '/etc/app/rates.csv', isFolder: false, count: 4 },
  ]);
});
