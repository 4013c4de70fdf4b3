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
  hasToken: boolean;
  load: () => Promise<typeof import('@graphql-yoga/render-graphiql')>;
}

/** Stand in the page that is rendered once for what differs between two answers, as an endpoint cannot be called. */
const PLACES = { nonce: '<nonce>', endpoint: '<endpoint>' };

async function renderPage({ hasToken, load }: GraphiqlOptions): Promise<string> {
  const { renderGraphiQL } = await load();
  const page = renderGraphiQL({
    title: 'pprofql · GraphiQL',
    endpoint: PLACES.endpoint,
    defaultTabs: [OVERVIEW, ALLOCATIONS, GOROUTINES, LIVE].map((query) => ({ query })),
    // A token typed into the headers must not outlive the tab in the browser's storage.
    shouldPersistHeaders: false,
    subscriptionsProtocol: 'SSE',
    // By default subscriptions would be sent with GET, which is refused.
    method: 'POST',
  });
  const first = hasToken ? CARRY_TOKEN : '';
  return page
    .replace('<script>', () => `<script nonce="${PLACES.nonce}">${first}${RUN_WHAT_IS_SHOWN}`)
    .replace('</head>', () => `<style>${NARROW_STYLE}${TOKEN_STYLE}</style></head>`);
}

/** What stands before, between and behind these two, as bytes that all answers share. */
async function renderParts(options: GraphiqlOptions): Promise<[Buffer, Buffer, Buffer]> {
  const [head, tail] = split(await renderPage(options), PLACES.nonce);
  const [script, end] = split(tail, JSON.stringify(PLACES.endpoint));
  return [Buffer.from(head), Buffer.from(script), Buffer.from(end)];
}

function split(text: string, at: string): [string, string] {
  const [before, after, ...others] = text.split(at);
  if (after === undefined || others.length > 0) throw new Error(`GraphiQL has not one ${at}`);
  return [before!, after];
}

const asScript = (text: string) => JSON.stringify(text).replaceAll('<', '\\u003c');

/**
 * The page of 9 MB, made once: who asks for it again and again without reading it takes no memory with it.
 * @returns what sends it. It holds no data, so it needs no token; what it asks for then does.
 */
export function createGraphiqlPage(
  options: GraphiqlOptions,
): (res: ServerResponse, endpoint: string) => Promise<void> {
  let rendering: ReturnType<typeof renderParts> | undefined;

  return async (res, endpoint) => {
    rendering ??= renderParts(options);
    const [head, script, end] = await rendering;
    const nonce = randomBytes(16).toString('base64');
    const pieces = [head, Buffer.from(nonce), script, Buffer.from(asScript(endpoint)), end];
    res.writeHead(200, {
      ...graphiqlHeaders(nonce),
      'content-type': 'text/html; charset=utf-8',
      'content-length': pieces.reduce((sum, { length }) => sum + length, 0),
    });
    for (const piece of pieces) res.write(piece);
    res.end();
  };
}
