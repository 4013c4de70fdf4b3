/**
 * Times pprofql's analysis of Go's dumps and profiles, as `go/main.go` does Go's: reads lines
 * `dump FILE` and `heap FILE`, answers each with nanoseconds and the number of rows.
 */

import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { allocationTables } from '../../../api/analyzers/allocations/allocations.ts';
import { NS_PER_MS } from '../../../api/base/numbers/units.ts';
import { goDumpGroups } from '../../../api/go-dump/groups/groups.ts';
import { parseGoDump } from '../../../api/go-dump/parse.ts';
import { decodeProfile } from '../../../api/profile/decode/decode.ts';

const analyses: Readonly<Record<string, (content: Buffer) => number>> = {
  dump: (content) => goDumpGroups(parseGoDump(content)).groups.length,
  heap: (content) => {
    const { live, cumulative } = allocationTables(decodeProfile(content));
    return live.length + (cumulative?.length ?? 0);
  },
};

const files = new Map<string, Buffer>();
for await (const request of createInterface({ input: process.stdin })) {
  const [kind = '', path = ''] = request.split(' ', 2);
  const content = files.get(path) ?? readFileSync(path);
  files.set(path, content);
  const startedAt = performance.now();
  const rows = analyses[kind]!(content);
  const durationNs = Math.round((performance.now() - startedAt) * NS_PER_MS);
  console.log(durationNs, rows);
}
