/**
 * What Go's standard library keeps running, and what it runs once a request, told by function names
 * alone. Ancestors count as well (GODEBUG=tracebackancestors), so a goroutine that a handler started
 * is its request's.
 */
import type { CategoryRule } from '../../base/category-rule.ts';

/** Applied after the user's own rules; the first match wins, so requests come first. */
export const GO_CATEGORY_RULES: readonly CategoryRule[] = [
  {
    category: 'BACKGROUND',
    function:
      /^net\/http\.\(\*(?:persistConn\)\.(?:read|write)Loop|connReader\)\.backgroundRead|http2ClientConn\)\.readLoop|http2clientConnReadLoop\)\.run|http2serverConn\)\.readFrames)$/,
    because: 'it reads or writes one connection of net/http for as long as that is open',
  },
  {
    category: 'PER_REQUEST',
    function:
      /^(?:net\/http\.(?:serverHandler|HandlerFunc|initALPNRequest)\.ServeHTTP|net\/http\.\(\*(?:ServeMux\)\.ServeHTTP|http2serverConn\)\.runHandler|timeoutHandler\)\.ServeHTTP)|net\/rpc\.\(\*service\)\.call)$/,
    because: 'it runs the handler of an incoming request',
  },
  {
    category: 'BACKGROUND',
    function:
      /^(?:net\/http\.\(\*Server\)\.Serve|net\/rpc\.\(\*Server\)\.Accept|net\.\(\*(?:TCP|Unix)Listener\)\.Accept(?:TCP|Unix)?|internal\/poll\.\(\*FD\)\.Accept)$/,
    because: 'it accepts connections until its listener is closed',
  },
  {
    category: 'BACKGROUND',
    function: /^net\/http\.\(\*(?:conn|http2serverConn)\)\.serve$/,
    because: 'it is a connection of the HTTP server between two requests',
  },
  {
    category: 'BACKGROUND',
    function: /^database\/sql\.\(\*DB\)\.connection(?:Opener|Resetter|Cleaner)$/,
    because: 'it keeps the connection pool of database/sql',
  },
  {
    category: 'BACKGROUND',
    function: /^os\/signal\.(?:loop|signal_recv)$/,
    because: 'it waits for signals',
  },
  {
    category: 'BACKGROUND',
    function:
      /^runtime\.(?:gcBgMarkWorker|bgsweep|bgscavenge|forcegchelper|runfinq|runFinalizers|runCleanups|timerproc|ensureSigM\.func1|ReadTrace)$/,
    because: 'it is a worker of the Go runtime',
  },
  {
    category: 'BACKGROUND',
    function: /^(?:time\.Sleep|log\/syslog\.\(\*Writer\)\.\w+|testing\.\(\*M\)\.startAlarm\.\w+)$/,
    because: 'it sleeps between two rounds of work',
  },
  {
    category: 'BACKGROUND',
    function:
      /^(?!created by )\S*[.)](?:\w*[a-z_])?(?:[wW]orker|[lL]oop|[tT]icker|[hH]eartbeat|[jJ]anitor|[rR]eaper|[mM]onitor)s?(?:\.func\d+|-fm|\.gowrap\d+)*$/,
    because: 'its name says that it is a worker or a loop',
  },
];

/**
 * An example of rules for one company's gateway: workers by the names of their functions, hooks that
 * run within a request by theirs. A hook that waits in a worker's helper is still a request's, so
 * requests come first.
 */
export const EXAMPLE_GATEWAY_RULES: readonly CategoryRule[] = [
  {
    category: 'PER_REQUEST',
    function:
      /PreLLMHook|PostLLMHook|PreMCPHook|PostMCPHook|HTTPTransportPreHook|HTTPTransportPostHook|CompleteAndFlushTrace|ProcessAndSend|handleProvider|Inject|insertInitialLogEntry|updateLogEntry|retryOnNotFound|BroadcastLogUpdate/,
    because: 'it runs a step of an incoming request',
  },
  {
    category: 'BACKGROUND',
    function:
      /requestWorker|collectLoop|cleanupWorker|startAccumulatorMapCleanup|cleanupOldTraces|startCleanup|monitorLoop|StartHeartbeat|time\.Sleep|runtime\.gopark|sync\.\(\*Cond\)\.Wait|net\/http\.\(\*persistConn\)|internal\/poll\.runtime_pollWait/,
    because: 'it is expected to run for as long as the gateway',
  },
];
