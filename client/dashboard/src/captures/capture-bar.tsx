import { type FormEvent, useState } from 'react';
import { useIsGo, useObservatory } from '../live/observatory.ts';
import { formatClock } from '../shared/format.ts';
import { useStore } from '../state/store.ts';

const LONGEST_NAME = 100;

/** Keeps the present under a name. */
export function CaptureBar({ onTaken }: { onTaken: (name: string) => void }) {
  const { captures } = useObservatory();
  const isGo = useIsGo();
  const { doing, remark } = useStore(captures.attempt);
  const [typed, type] = useState('');

  async function take(event: FormEvent): Promise<void> {
    event.preventDefault();
    const name = typed.trim() === '' ? formatClock(Date.now()) : typed.trim();
    if (!(await captures.take(name))) return;
    type('');
    onTaken(name);
  }

  return (
    <>
      <form className="toolbar" onSubmit={(event) => void take(event)}>
        <input
          type="text"
          placeholder="Name, such as before the load test"
          aria-label="Name of the capture"
          maxLength={LONGEST_NAME}
          value={typed}
          onChange={(event) => type(event.target.value)}
        />
        <button type="submit" className="primary" disabled={doing !== null}>
          {doing === 'capture' ? 'Capturing…' : 'Capture now'}
        </button>
        {!isGo && (
          <p className="hint">
            Reads the heap, so it may wait a moment until the pause budget allows that.
          </p>
        )}
      </form>
      {remark !== null && (
        <p className="note note-warning capture-remark" role="alert">
          {remark}
        </p>
      )}
    </>
  );
}
