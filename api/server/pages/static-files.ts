/** Files of one folder over HTTP, compressed where a compressed twin lies beside them. */
import { type FileHandle, open } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { extname, join, sep } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { pageHeaders } from '../gates/security-headers.ts';

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.map': 'application/json; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.webmanifest': 'application/manifest+json',
  '.woff2': 'font/woff2',
};

/** Best first. */
const ENCODINGS = [
  { name: 'br', extension: '.br' },
  { name: 'gzip', extension: '.gz' },
];

/** A bundler's content hash in the name: the file never changes under that name. */
const HASHED_NAME = /[-.][\w-]{8,}\.\w+$/;

interface OpenFile {
  handle: FileHandle;
  bytes: number;
  encoding: string | null;
  etag: string;
}

/**
 * The file that a URL path names, or null where it points outside the folder.
 * @internal
 */
export function resolveInside(folder: string, urlPath: string): string | null {
  let path: string;
  try {
    path = decodeURIComponent(urlPath);
  } catch {
    return null;
  }
  if (/[\0\\]/.test(path)) return null;
  const file = join(folder, path.endsWith('/') ? `${path}index.html` : path);
  return file.startsWith(folder.endsWith(sep) ? folder : folder + sep) ? file : null;
}

async function openFile(path: string, encoding: string | null): Promise<OpenFile | null> {
  const handle = await open(path).catch(() => null);
  if (handle === null) return null;
  const stats = await handle.stat();
  if (stats.isFile()) {
    // Weak, since it does not look at the bytes; a compressed twin differs in both.
    const etag = `W/"${stats.size.toString(36)}-${Math.round(stats.mtimeMs).toString(36)}"`;
    return { handle, bytes: stats.size, encoding, etag };
  }
  await handle.close();
  return null;
}

function accepts(req: IncomingMessage, encoding: string): boolean {
  const offers = String(req.headers['accept-encoding'] ?? '').split(',');
  return offers.some((offer) => {
    const [name, quality] = offer.split(';');
    return name?.trim() === encoding && !/q=0(\.0*)?\s*$/.test(quality ?? '');
  });
}

async function openBest(req: IncomingMessage, path: string): Promise<OpenFile | null> {
  for (const { name, extension } of ENCODINGS) {
    const file = accepts(req, name) ? await openFile(path + extension, name) : null;
    if (file !== null) return file;
  }
  return openFile(path, null);
}

function isKnown({ headers }: IncomingMessage, etag: string): boolean {
  const known = (headers['if-none-match'] ?? '').split(',').map((each) => each.trim());
  return known.includes(etag) || known.includes('*');
}

/**
 * Sends the file below `folder` that `urlPath` names (`/` is `index.html`).
 * @returns false, with nothing sent, where there is no such file.
 */
export async function sendStaticFile(
  req: IncomingMessage,
  res: ServerResponse,
  { folder, urlPath }: { folder: string; urlPath: string },
): Promise<boolean> {
  const path = resolveInside(folder, urlPath);
  const contentType = path === null ? undefined : CONTENT_TYPES[extname(path)];
  if (path === null || contentType === undefined) return false;
  const file = await openBest(req, path);
  if (file === null) return false;
  const headers = {
    ...pageHeaders(),
    etag: file.etag,
    'cache-control': HASHED_NAME.test(path) ? 'public, max-age=31536000, immutable' : 'no-cache',
  };
  // Not set, since it may name what others have added already.
  res.appendHeader('vary', 'accept-encoding');
  try {
    if (isKnown(req, file.etag)) {
      res.writeHead(304, headers).end();
      return true;
    }
    res.writeHead(200, {
      ...headers,
      'content-type': contentType,
      'content-length': file.bytes,
      ...(file.encoding === null ? {} : { 'content-encoding': file.encoding }),
    });
    if (req.method === 'HEAD') res.end();
    else await pipeline(file.handle.createReadStream(), res);
  } finally {
    await file.handle.close().catch(() => {});
  }
  return true;
}
