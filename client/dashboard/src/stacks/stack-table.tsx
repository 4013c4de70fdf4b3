import { useState } from 'react';
import type { StackProfileQuery } from '../../generated/graphql.ts';
import { FrameList } from '../frames/frame-list.tsx';
import { FramePlace } from '../frames/frame-place.tsx';
import { responsibleFrame } from '../frames/frames.ts';
import { formatCount, formatDuration, known } from '../shared/format.ts';
import { DetailRow, OpenableRow } from '../shared/openable-row.tsx';

type Stack = NonNullable<StackProfileQuery['stackProfile']>['stacks'][number];

interface StackTableProps {
  title: string;
  /** What is counted, one of it. */
  noun: string;
  /** Those with most first. */
  stacks: readonly Stack[];
}

/** A row for each stack, named by its first function of the program; opened, the whole of it. */
export function StackTable({ title, noun, stacks }: StackTableProps) {
  const [opened, open] = useState<string | null>(null);
  return (
    <section className="card table-card" aria-label={title}>
      <table className="table route-table">
        <caption className="sr-only">{title}</caption>
        <thead>
          <tr>
            <th scope="col">Stack</th>
            <th scope="col" className="num">
              {`${noun[0]!.toUpperCase()}${noun.slice(1)}s`}
            </th>
            <th scope="col" className="num">
              Time
            </th>
          </tr>
        </thead>
        <tbody>
          {stacks.map(({ id, count, delayMs, frames }) => {
            const isOpen = id === opened;
            const place = responsibleFrame(frames);
            return (
              <OpenableRow
                key={id}
                isOpen={isOpen}
                onToggle={() => open(isOpen ? null : id)}
                head={
                  <>
                    <code>{place?.function ?? 'no stack told'}</code>{' '}
                    {place !== undefined && <FramePlace frame={place} />}
                  </>
                }
                below={
                  <DetailRow columns={3}>
                    <FrameList frames={frames} />
                  </DetailRow>
                }
              >
                <td className="num" data-label="Count">
                  {formatCount(count)}
                </td>
                <td className="num" data-label="Time">
                  {known(delayMs, formatDuration)}
                </td>
              </OpenableRow>
            );
          })}
        </tbody>
      </table>
    </section>
  );
}
