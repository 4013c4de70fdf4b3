/** What a heap snapshot says of itself before its lists: which fields their records have, and how many there are. */
import { DiagnosticsError } from '../../base/errors.ts';

interface Meta {
  node_fields: string[];
  node_types: [string[], ...unknown[]];
  edge_fields: string[];
  edge_types: [string[], ...unknown[]];
  location_fields?: string[];
}

export interface Head {
  meta: Meta;
  node_count: number;
  edge_count: number;
}

export function looksLikeSnapshot(start: Buffer): boolean {
  const expected = '{"snapshot":';
  const text = start.toString('latin1', 0, 64).replace(/\s/g, '');
  return expected.startsWith(text.slice(0, expected.length));
}

export function parseHead(bytes: Buffer): Head {
  try {
    const text = bytes.toString('utf8').trim().replace(/,$/, '');
    const { snapshot } = JSON.parse(`${text}}`) as { snapshot: Head };
    const { meta, node_count: nodes, edge_count: edges } = snapshot;
    const isWhole =
      ['type', 'name', 'self_size', 'edge_count'].every((f) => meta.node_fields.includes(f)) &&
      ['type', 'name_or_index', 'to_node'].every((f) => meta.edge_fields.includes(f)) &&
      Array.isArray(meta.node_types[0]) &&
      Array.isArray(meta.edge_types[0]);
    if (isWhole && Number.isSafeInteger(nodes) && Number.isSafeInteger(edges)) return snapshot;
  } catch {
    // Told below.
  }
  throw noSnapshot();
}

export function noSnapshot(detail = 'it does not begin as one'): DiagnosticsError {
  return new DiagnosticsError('INVALID_INPUT', `this is no heap snapshot of V8: ${detail}`);
}
