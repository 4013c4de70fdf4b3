import type { ReactNode } from 'react';

interface OpenableRowProps {
  isOpen: boolean;
  onToggle: () => void;
  /** What names the row, and opens it. */
  head: ReactNode;
  /** Its other cells. */
  children: ReactNode;
  /** Rows that stand below it while it is open. */
  below: ReactNode;
}

/** A row of a table whose first cell opens and closes what stands below it. */
export function OpenableRow({ isOpen, onToggle, head, children, below }: OpenableRowProps) {
  return (
    <>
      <tr>
        <th scope="row">
          <button type="button" className="disclosure" aria-expanded={isOpen} onClick={onToggle}>
            {head}
          </button>
        </th>
        {children}
      </tr>
      {isOpen && below}
    </>
  );
}

/** Below a row, as wide as all of its columns. */
export function DetailRow({ columns, children }: { columns: number; children: ReactNode }) {
  return (
    <tr className="detail">
      <td colSpan={columns}>{children}</td>
    </tr>
  );
}
