/** The comment by which a script names its source map. */

/** As browsers read it: only comments follow it on its line, and a quote makes it a string of the program. */
const COMMENT = /\/\/[#@][ \t]+sourceMappingURL=([^\s'"`]+)[ \t]*$/gm;

/** The URL in the last such comment; null without one. */
export function mapUrlOf(script: string): string | null {
  let last: string | null = null;
  for (const [, url] of script.matchAll(COMMENT)) last = url!;
  return last;
}

const DATA_URL = /^data:([^,]*),/i;

/**
 * The text inside a `data:` URL, base64 or percent-encoded; null for any other URL.
 * @throws URIError where the percent-encoding is broken
 */
export function textOfDataUrl(url: string): string | null {
  const [prefix, header] = DATA_URL.exec(url) ?? [];
  if (prefix === undefined) return null;
  const body = url.slice(prefix.length);
  return /;base64$/i.test(header!)
    ? Buffer.from(body, 'base64').toString('utf8')
    : decodeURIComponent(body);
}
