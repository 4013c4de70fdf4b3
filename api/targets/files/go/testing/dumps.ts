/** Go dumps to be made up: goroutines with their frames, and stacks that many of them have. */

export const goroutine = (id: number, state: string, ...frames: [string, string][]) =>
  `goroutine ${id} [${state}]:\n${frames.map(([call, place]) => `${call}\n\t${place} +0x1d\n`).join('')}\n`;
export const many = (count: number, make: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => make(index)).join('');

export const LOCK_117 = (address: string): [string, string][] => [
  ['sync.runtime_SemacquireMutex(0x0?, 0x0?, 0x0?)', '/usr/local/go/src/runtime/sema.go:77'],
  [`sync.(*Mutex).lockSlow(${address})`, '/usr/local/go/src/sync/mutex.go:171'],
  ['sync.(*Mutex).Lock(...)', '/usr/local/go/src/sync/mutex.go:90'],
];
export const RLOCK: [string, string][] = [
  ['sync.runtime_SemacquireRWMutexR(0x0?, 0x0?, 0x0?)', '/usr/local/go/src/runtime/sema.go:100'],
  ['sync.(*RWMutex).RLock(...)', '/usr/local/go/src/sync/rwmutex.go:74'],
];
export const MAIN: [string, string] = ['created by main.main in goroutine 1', '/app/main.go:8'];
export const HANDLER: [string, string][] = [
  ['net/http.HandlerFunc.ServeHTTP(0x1)', '/usr/local/go/src/net/http/server.go:2294'],
  [
    'created by net/http.(*Server).Serve in goroutine 1',
    '/usr/local/go/src/net/http/server.go:3493',
  ],
];
