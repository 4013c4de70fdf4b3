/**
 * Files of one folder over HTTP, compressed where a compressed twin lies beside them. They are few and small, read at
 * once, and held: the program may keep all threads of libuv busy that they would be read by otherwise, and clients
 * that do not read on share what they are sent.
 */
import { readFileSync, type Stats, statSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { extname, join, sep } from 'node:path';
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

interface FoundFile {
  path: string;
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

function findFile(path: string, encoding: string | null): FoundFile | null {
  const stats = statsOf(path);
  if (!stats?.isFile()) return null;
  // Weak, since it does not look at the bytes; a compressed twin differs in both.
  const etag = `W/"${stats.size.toString(36)}-${Math.round(stats.mtimeMs).toString(36)}"`;
  return { path, encoding, etag };
}

/** Null where there is none, and where the name is none that a file can have. */
function statsOf(path: string): Stats | null {
  try {
    return statSync(path);
  } catch {
    return null;
  }
}

function accepts(req: IncomingMessage, encoding: string): boolean {
  const offers = String(req.headers['accept-encoding'] ?? '').split(',');
  return offers.some((offer) => {
    const [name, quality] = offer.split(';');
    return name?.trim() === encoding && !/q=0(\.0*)?\s*$/.test(quality ?? '');
  });
}

function findBest(req: IncomingMessage, path: string): FoundFile | null {
  for (const { name, extension } of ENCODINGS) {
    const file = accepts(req, name) ? findFile(path + extension, name) : null;
    if (file !== null) return file;
  }
  return findFile(path, null);
}

function isKnown({ headers }: IncomingMessage, etag: string): boolean {
  const known = (headers['if-none-match'] ?? '').split(',').map((each) => each.trim());
  return known.includes(etag) || known.includes('*');
}

/**
 * Sends the file below the folder that `urlPath` names (`/` is `index.html`).
 * @returns false, with nothing sent, where there is no such file.
 */
export type SendStaticFile = (
  req: IncomingMessage,
  res: ServerResponse,
  urlPath: string,
) => boolean;

/** @param folder whose files are held in memory from the first time that each is asked for, until it changes */
export function createStaticFiles(folder: string): SendStaticFile {
  const held = new Map<string, { etag: string; body: Buffer }>();

  function contentOf({ path, etag }: FoundFile): Buffer {
    const known = held.get(path);
    if (known?.etag === etag) return known.body;
    const body = readFileSync(path);
    held.set(path, { etag, body });
    return body;
  }

  return (req, res, urlPath) => {
    const path = resolveInside(folder, urlPath);
    const contentType = path === null ? undefined : CONTENT_TYPES[extname(path)];
    if (path === null || contentType === undefined) return false;
    const file = findBest(req, path);
    if (file === null) return false;
    const headers = {
      ...pageHeaders(),
      etag: file.etag,
      'cache-control': HASHED_NAME.test(path) ? 'public, max-age=31536000, immutable' : 'no-cache',
    };
    // Not set, since it may name what others have added already.
    res.appendHeader('vary', 'accept-encoding');
    if (isKnown(req, file.etag)) {
      res.writeHead(304, headers).end();
      return true;
    }
    const body = contentOf(file);
    res.writeHead(200, {
      ...headers,
      'content-type': contentType,
      'content-length': body.length,
      ...(file.encoding === null ? {} : { 'content-encoding': file.encoding }),
    });
    res.end(req.method === 'HEAD' ? undefined : body);
    return true;
  };
}
