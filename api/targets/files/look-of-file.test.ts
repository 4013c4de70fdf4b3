import { describe, expect, it } from 'vitest';
import { lookOf } from './look-of-file.ts';

const hex = (text: string) => Buffer.from(text, 'hex');
const text = (content: string) => Buffer.from(content);

describe('lookOf', () => {
  it.each<[string, Uint8Array]>([
    ['an empty file', text('')],
    ['a file of blanks', text(' \n\n')],
    ['a PNG picture', hex('89504e470d0a1a0a')],
    ['a JPEG picture', hex('ffd8ffe000104a464946')],
    ['a PDF document', text('%PDF-1.7\n')],
    ['a ZIP archive; unpack it first', hex('504b0304140000')],
    ['a program or a core dump', hex('7f454c46020101')],
    [
      'an HTML page, perhaps an error or a login; check where it came from',
      text('\n<!DOCTYPE html>'),
    ],
    ['an XML or HTML page', text('<?xml version="1.0"?>')],
    ['a heap snapshot (not readable yet)', text('{"snapshot":{"meta":{"node_fields":[')],
    ['a trace of Chrome (not readable yet)', text('{"traceEvents":[')],
    ['a JSON file, but no profile and no report', text('{"name":"shop"}')],
    [
      'a CPU profile, but is damaged or cut off',
      text('{"nodes":[{"id":1,"callFrame":{"functionName":"(root)","scri'),
    ],
    [
      'a heap profile, but is damaged or cut off',
      text('{"head":{"callFrame":{"functionName":"(root)"},"selfSi'),
    ],
    [
      'a diagnostic report of Node, but is damaged or cut off',
      text('\n{\n  "header": {\n    "reportVersion": 5,\n    "event": "JavaScript A'),
    ],
    ['a script', text('#!/bin/sh\necho')],
    [
      "a report of Go's race detector, which names the two lines itself",
      text('=====\nWARNING: DATA RACE\nWrite at 0x1 by goroutine 7:\n'),
    ],
    [
      'a crash of Go without its goroutines: fatal error: stack overflow',
      text('runtime: goroutine stack exceeds 1000000000-byte limit\nfatal error: stack overflow\n'),
    ],
    [
      'a crash of Go without its goroutines: fatal error: runtime: out of memory',
      text(String.raw`caused "stderr: fatal error: runtime: out of memory\\n\\nruntime stack:"`),
    ],
    [
      'goroutines that panicparse has summed up already; give the dump that it was made of',
      text('33: semacquire [Created by storage.run @ replica.go:1772]\n    sync  sema.go:62\n'),
    ],
    [
      'goroutines that were summed up already; give the dump that it was made of',
      text('48 goroutines [semacquire, 4 minutes]:\nmain.run()\n'),
    ],
    [
      'goroutines as the debugger Delve lists them; give what SIGQUIT or goroutine?debug=2 prints',
      text('(dlv) goroutines\n  Goroutine 1 - User: /app/main.go:8 main.main (0x4327b0)\n'),
    ],
    [
      'a backtrace of a debugger such as gdb; give what SIGQUIT or goroutine?debug=2 prints',
      text('Thread 3 (LWP 8208):\n#0  runtime.futex () at /go/src/runtime/sys.s:388\n'),
    ],
    [
      'what `go tool pprof` prints; give the profile itself',
      text('File: shop\nType: goroutine\nShowing nodes accounting for 12, 100% of 12 total\n'),
    ],
    [
      'an error that AWS Lambda has logged, which names its lines itself',
      text('{"errorMessage":"boom","errorType":"x","stackTrace":[{"path":"a.go","line":1}]}'),
    ],
    [
      'an error with a stack that was logged without its goroutine, which names its lines itself',
      text(
        String.raw`{"level":"error","msg":"panic recovered","stacktrace":"main.List\n\t/app/list.go:19"}`,
      ),
    ],
    [
      'a part of what goroutine?debug=1 prints, without its counts; give all of it',
      text(
        '[root@n1 ~]# grep relist s.txt\n#\t0x20ef7aa\tpleg.(*PLEG).relist+0x4da\t/k/pleg.go:213\n',
      ),
    ],
    ['stacks of Java', text('Full thread dump OpenJDK 64-Bit Server VM:\n')],
    ['a traceback of Python', text('Traceback (most recent call last):\n  File "a.py"\n')],
    ['a panic of Rust', text("thread 'main' panicked at src/main.rs:4:5:\nboom\n")],
    ['a text without goroutines in it', text('--- FAIL: TestRun (0.00s)\n')],
    ['a text without goroutines in it', text('hello\nworld\n')],
    ['a text without goroutines in it', text('Grüße aus Köln\n')],
    ['binary data of no kind that is known', hex('f3a1c2d4e5060708090a0b0c')],
    [
      'a goroutine profile without the states of goroutines (debug=1); fetch it with debug=2',
      text('goroutine profile: total 3\n'),
    ],
  ])('sees %s', (words, bytes) => {
    expect(lookOf(bytes)).toBe(words);
  });
});
