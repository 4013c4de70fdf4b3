export interface SortableColumn<Key extends string> {
  key: Key;
  label: string;
  /** What the figures mean. */
  title: string;
}

interface SortableHeadsProps<Key extends string> {
  columns: readonly SortableColumn<Key>[];
  sort: Key;
  onSort: (key: Key) => void;
}

/** The heads of columns of figures; a click puts the largest of that column first. */
export function SortableHeads<Key extends string>({
  columns,
  sort,
  onSort,
}: SortableHeadsProps<Key>) {
  return columns.map(({ key, label, title }) => (
    <th key={key} scope="col" className="num" aria-sort={key === sort ? 'descending' : undefined}>
      <button type="button" title={title} onClick={() => onSort(key)}>
        {label}
      </button>
    </th>
  ));
}
