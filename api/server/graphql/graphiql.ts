/** The GraphiQL page at `GET /graphql`: self-contained, loaded when it is first asked for. */
import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { graphiqlHeaders } from '../gates/security-headers.ts';

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

/**
 * Adds the token to requests of the page: that of the tab which opened it, else one that is
 * asked for. It stays in the session of the tab, as the other page's.
 */
const CARRY_TOKEN = `(() => {
  const KEY = 'pprofql.token';
  const send = window.fetch;
  try {
    // Only a page of this server can be read.
    const token = window.opener?.sessionStorage.getItem(KEY);
    if (token) sessionStorage.setItem(KEY, token);
  } catch {}
  let asked = null;
  const ask = () => {
    asked ??= Promise.resolve().then(() => {
      const token = window.prompt('Access token of pprofql');
      if (token) sessionStorage.setItem(KEY, token);
      asked = null;
      return Boolean(token);
    });
    return asked;
  };
  window.fetch = async function fetchWithToken(input, init) {
    const request = new Request(input, init);
    if (new URL(request.url).origin !== location.origin) return send(request);
    const attempt = () => {
      const token = sessionStorage.getItem(KEY);
      const copy = request.clone();
      if (token && !copy.headers.has('authorization')) {
        copy.headers.set('authorization', 'Bearer ' + token);
      }
      return send(copy);
    };
    const answer = await attempt();
    if (answer.status !== 401 || request.headers.has('authorization')) return answer;
    return (await ask()) ? attempt() : answer;
  };
})();`;

/** Whether a browser asks for a page, and not a program for data. */
export function isPageRequest({ method, headers }: IncomingMessage): boolean {
  return (method === 'GET' || method === 'HEAD') && /\btext\/html\b/.test(headers.accept ?? '');
}

async function renderPage(endpoint: string, hasToken: boolean, nonce: string): Promise<string> {
  // 45 MB and a tenth of a second that only people who open the page should pay.
  const { renderGraphiQL } = await import('@graphql-yoga/render-graphiql');
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
  const first = hasToken ? `<script nonce="${nonce}">${CARRY_TOKEN}</script>` : '';
  return page.replace('<script>', () => `${first}<script nonce="${nonce}">`);
}

/** Sends the page. It holds no data, so it needs no token; what it asks for then does. */
export async function sendGraphiql(
  res: ServerResponse,
  options: { endpoint: string; hasToken: boolean },
): Promise<void> {
  const nonce = randomBytes(16).toString('base64');
  const page = await renderPage(options.endpoint, options.hasToken, nonce);
  res.writeHead(200, {
    ...graphiqlHeaders(nonce),
    'content-type': 'text/html; charset=utf-8',
    'content-length': Buffer.byteLength(page),
  });
  res.end(page);
}
