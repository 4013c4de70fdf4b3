import { foldedCpuProfile } from '../../analyzers/testing/folded-cpu-profile.ts';
import { encodeProfile } from '../../formats/pprof/profile.ts';
import { foldedProfile } from '../../formats/testing/folded-profile.ts';
import { DUMP } from './fake-go-server.ts';

export const heapOf = (...rows: Parameters<typeof foldedProfile>[0]) =>
  Buffer.concat([...encodeProfile(foldedProfile(rows), { program: 'shop' })]);
export const HEAP = heapOf(['main;leak', 4, 4_096, 2, 2_048]);
export const CPU = Buffer.concat([
  ...encodeProfile(foldedCpuProfile('main work 3 2'), { program: 'shop' }),
]);
export const DELTA = heapOf(['main;kept', 1, 1_024, 1, 1_024], ['main;freed', 0, 0, -4, -2_048]);
export const STUCK_DUMP = `goroutine 7 [chan receive, 7 minutes]:
main.wait(0x1)
\t/app/main.go:20 +0x1d
net/http.HandlerFunc.ServeHTTP(0x1)
\t/usr/local/go/src/net/http/server.go:2220 +0x29
net/http.(*conn).serve(0x1)
\t/usr/local/go/src/net/http/server.go:2102 +0x625
created by net/http.(*Server).Serve in goroutine 1
\t/usr/local/go/src/net/http/server.go:3086 +0x5cb
`;
export const STUCK_SENTENCE =
  '1 goroutine potentially stuck, in main.wait (/app/main.go:20), for up to 7 min.';
/** A crash prints first who was running. */
export const QUIET_DUMP = DUMP.replace('[running]', '[select]');
export const CRASHED =
  'goroutine 1 [running]:\nmain.pay(0x1)\n\t/app/pay.go:9 +0x1d\nmain.main()\n\t/app/main.go:3 +0x1d\n';
export const CRASH_LOG = `2026/01/31 12:00:00 starting\npanic: boom\n\n${DUMP}exit status 2\n`;
