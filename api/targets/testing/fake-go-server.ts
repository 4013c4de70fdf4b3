/** An HTTP server that answers as `net/http/pprof` does, or fails as a test wants it to. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { encodeProfile } from '../../formats/pprof/profile.ts';
import { foldedProfile } from '../../formats/testing/folded-profile.ts';

export type Answer = (request: IncomingMessage, response: ServerResponse) => void;

export interface FakeGoServer extends AsyncDisposable {
  url: string;
  /** Path and query of every request, in the order they came. */
  asked: string[];
  /** By path and query; what is not named is answered as Go does. */
  answers: Record<string, Answer>;
  /** Collections that the process had so far. */
  state: { numGc: number; totalAlloc: number; cpuSeconds: number };
}

export const DUMP = `goroutine 1 [running]:
main.main()
	/app/main.go:10 +0x20

goroutine 7 [chan receive, 5 minutes]:
main.wait(0xc000012345)
	/app/main.go:20 +0x20
created by main.start in goroutine 1
	/app/main.go:12 +0x30

goroutine 8 [chan receive, 7 minutes, locked to thread]:
main.wait(0xc000067890)
	/app/main.go:20 +0x20
created by main.start in goroutine 1
	/app/main.go:12 +0x30
`;

export const text =
  (body: string | Buffer, type = 'text/plain; charset=utf-8'): Answer =>
  (_request, response) => {
    response.writeHead(200, { 'content-type': type }).end(body);
  };

export const status =
  (code: number, headers: Record<string, string> = {}): Answer =>
  (_request, response) => {
    response.writeHead(code, { 'content-type': 'text/plain', ...headers }).end('refused\nmore');
  };

/** Never answered. */
export const silence: Answer = () => {};

export async function serveFakeGo(answers: Record<string, Answer> = {}): Promise<FakeGoServer> {
  const asked: string[] = [];
  const state = { numGc: 3, totalAlloc: 9_000, cpuSeconds: 1 };
  const heap = await heapProfile();
  const defaults: Record<string, Answer> = {
    '/debug/pprof/heap?debug=1': (...to) => text(memStatsText(state))(...to),
    '/debug/pprof/': text("<tr><td>42</td><td><a href='goroutine?debug=1'>goroutine</a></td></tr>"),
    '/debug/pprof/cmdline': text('/usr/bin/shop\0--password=secret'),
    '/debug/pprof/heap': text(heap, 'application/octet-stream'),
    '/debug/pprof/goroutine?debug=2': text(DUMP),
  };
  const server = createServer((request, response) => {
    const path = request.url ?? '';
    asked.push(path);
    const answer = fake.answers[path] ?? defaults[path] ?? status(404);
    answer(request, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const fake: FakeGoServer = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    answers,
    state,
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
  return fake;
}

/** `main.leak` holds 200 of the 400 bytes it allocated. */
async function heapProfile(): Promise<Buffer> {
  const profile = foldedProfile([['main;leak', 4, 400, 2, 200]]);
  return gzipSync(Buffer.concat([...encodeProfile(profile, { program: 'shop', lines: 'calls' })]));
}

/** As `heap?debug=1` prints it. */
export function memStatsText({ numGc, totalAlloc }: FakeGoServer['state']): string {
  const ring = Array.from({ length: 256 }, (_, slot) => (slot < numGc ? (slot + 1) * 1_000 : 0));
  return `heap profile: 1: 200 [2: 400] @ heap/1048576

# runtime.MemStats
# Alloc = 5000
# TotalAlloc = ${totalAlloc}
# Sys = 70000
# HeapInuse = 6000
# HeapObjects = 33
# PauseNs = [${ring.join(' ')}]
# NumGC = ${numGc}
`;
}

export const METRICS = ({ cpuSeconds }: FakeGoServer['state']) => `# HELP go_info Information.
go_info{version="go1.26.1"} 1
go_sched_gomaxprocs_threads 4
process_cpu_seconds_total ${cpuSeconds}
process_resident_memory_bytes 81920
process_start_time_seconds 1.7e+09
`;
