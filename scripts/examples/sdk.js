import { createDiagnosticsClient } from 'pprofql/client';

const client = createDiagnosticsClient({
  url: process.env.PPROFQL_URL ?? 'http://127.0.0.1:6060/',
  token: process.env.PPROFQL_TOKEN,
});

const { inuseAllocations, topAllocations } = await client.pprof();
const [leak] = inuseAllocations ?? [];
const [hotPath] = topAllocations ?? [];
console.log(`holds most memory: ${leak?.function} (${leak?.file}:${leak?.line})`);
console.log(`allocates most:    ${hotPath?.function} (${hotPath?.file}:${hotPath?.line})`);

const { groups } = await client.goroutines();
const stuck = groups.find((group) => group.potentiallyStuck > 0);
console.log(`stuck:             ${stuck?.topFunc ?? 'nothing'}. ${stuck?.stuckReason ?? ''}`);

for await (const point of client.metricsHistory()) {
  console.log(`${point.timestamp} ${Math.round(point.alloc / 1e6)} MB, ${point.goroutines} tasks`);
  break;
}
client.dispose();
