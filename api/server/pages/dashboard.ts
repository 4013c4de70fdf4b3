/** The dashboard's page and assets, or a page that says where to go when it is not built. */
import { existsSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { fileURLToPath } from 'node:url';
import { sendRefusal } from '../gates/refusal.ts';
import { pageHeaders } from '../gates/security-headers.ts';
import type { SendStaticFile } from './static-files.ts';

/** Seen from this file: in the published package, and in the repository after a build. */
const CANDIDATES = ['../../../client/dashboard', '../../../dist/dashboard'];

const NOT_BUILT = `<!doctype html>
<html lang="en">
  <head><meta charset="utf-8"><title>pprofql</title></head>
  <body>
    <h1>pprofql</h1>
    <p>The dashboard is not built here (<code>npm run build:dashboard</code>).</p>
    <p>The API and its explorer are at <a href="graphql">graphql</a>.</p>
  </body>
</html>
`;

/** The folder of the built dashboard, or null. Its source folder has pages in TypeScript, which is not it. */
export function findDashboard(): string | null {
  const folders = CANDIDATES.map((path) => fileURLToPath(new URL(path, import.meta.url)));
  return folders.find((folder) => existsSync(`${folder}/assets`)) ?? null;
}

/** Answers a path below the dashboard: a file, the not-built page for `/`, or 404. */
export function sendDashboard(
  req: IncomingMessage,
  res: ServerResponse,
  { sendFile, urlPath }: { sendFile: SendStaticFile | null; urlPath: string },
): void {
  if (req.method !== 'GET' && req.method !== 'HEAD') {
    sendRefusal(res, {
      status: 405,
      code: 'BAD_REQUEST',
      message: 'Only GET is answered here; queries go to graphql.',
      headers: { allow: 'GET, HEAD' },
    });
    return;
  }
  if (sendFile?.(req, res, urlPath)) return;
  if (urlPath !== '/') {
    sendRefusal(res, {
      status: 404,
      code: 'NOT_FOUND',
      message: 'There is nothing here; the API is at graphql.',
    });
    return;
  }
  res.writeHead(200, {
    ...pageHeaders(),
    'content-type': 'text/html; charset=utf-8',
    'content-length': Buffer.byteLength(NOT_BUILT),
    'cache-control': 'no-store',
  });
  res.end(req.method === 'HEAD' ? undefined : NOT_BUILT);
}
