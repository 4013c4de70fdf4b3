/** The GraphiQL page at `GET /graphql`: self-contained, loaded when it is first asked for. */
import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { graphiqlHeaders } from '../../gates/security-headers.ts';
import { NARROW_STYLE } from './narrow.ts';
import { RUN_WHAT_IS_SHOWN } from './run.ts';
import { CARRY_TOKEN, TOKEN_STYLE } from './token.ts';

const OVERVIEW = `# What is this process doing, what does it hold, what is it stuck on?
# Run it with Ctrl+Enter. The other tabs look closer.
query Overview {
  process { pid nodeVersion startedAt }
  pprof {
    memory { alloc totalAlloc heapInuse sys }
    cpu { usagePercent }
    runtime { numGoroutine numGc gcPauseNs }
    inuseAllocations { function file line bytes count }
    unavailable { field reason }
  }
  goroutines {
    totalGoroutines
    summary { background perRequest unknown longWaiting potentiallyStuck }
  }
}
`;

const ALLOCATIONS = `# Who allocates most, and who still holds it? Most bytes first.
query Allocations {
  pprof {
    topAllocations { function file line bytes count stack }
    inuseAllocations { function file line bytes count stack }
    unavailable { field reason }
  }
}
`;

const GOROUTINES = `# Live async tasks: potentially stuck first, then the longest wait.
query Goroutines {
  goroutines {
    totalGoroutines
    summary { background perRequest unknown longWaiting potentiallyStuck }
    groups { count state waitReason topFunc category stack }
  }
}
`;

const LIVE = `# The retained points first, then one a tick. Stop it with the same button.
subscription LiveMetrics {
  metricsHistory {
    sequence
    timestamp
    alloc
    heapInuse
    goroutines
    gcPauseNs
    usagePercent
  }
}
`;

/** Whether a browser asks for a page, and not a program for data. */
export function isPageRequest({ method, headers }: IncomingMessage): boolean {
  return (method === 'GET' || method === 'HEAD') && /\btext\/html\b/.test(headers.accept ?? '');
}

interface GraphiqlOptions {
  endpoint: string;
  hasToken: boolean;
  load: () => Promise<typeof import('@graphql-yoga/render-graphiql')>;
}

async function renderPage(
  { endpoint, hasToken, load }: GraphiqlOptions,
  nonce: string,
): Promise<string> {
  const { renderGraphiQL } = await load();
  const page = renderGraphiQL({
    title: 'pprofql · GraphiQL',
    endpoint,
    defaultTabs: [OVERVIEW, ALLOCATIONS, GOROUTINES, LIVE].map((query) => ({ query })),
    // A token typed into the headers must not outlive the tab in the browser's storage.
    shouldPersistHeaders: false,
    subscriptionsProtocol: 'SSE',
    // By default subscriptions would be sent with GET, which is refused.
    method: 'POST',
  });
  const first = hasToken ? CARRY_TOKEN : '';
  return page
    .replace('<script>', () => `<script nonce="${nonce}">${first}${RUN_WHAT_IS_SHOWN}`)
    .replace('</head>', () => `<style>${NARROW_STYLE}${TOKEN_STYLE}</style></head>`);
}

/** Sends the page. It holds no data, so it needs no token; what it asks for then does. */
export async function sendGraphiql(res: ServerResponse, options: GraphiqlOptions): Promise<void> {
  const nonce = randomBytes(16).toString('base64');
  const page = await renderPage(options, nonce);
  res.writeHead(200, {
    ...graphiqlHeaders(nonce),
    'content-type': 'text/html; charset=utf-8',
    'content-length': Buffer.byteLength(page),
  });
  res.end(page);
}
