/** What answers for a target that is behind a login, or at another address: a page for people. */

const LOOKED_AT_BYTES = 64 * 1024;
const PAGE = /^\s*(?:<!doctype html|<html)/i;
const TITLE = /<title[^>]*>([^<]{1,200})/i;
const LOGIN =
  /type=["']?password|\b(?:log|sign)[ _-]?(?:in|on)\b|\blogin\b|\bsso\b|\boauth2?\b|\bsaml\b|\bauthenticat/i;
const SHOWN_TITLE_CHARACTERS = 80;

/** Whether who is sent there is to say who they are. */
export function isLoginAddress({ hostname, pathname }: URL): boolean {
  return LOGIN.test(`${hostname} ${pathname}`);
}

/**
 * For example `a login page (“Sign in”)`, `a web page (“Welcome”)`; null where it is no page.
 * @param body at least its beginning
 */
export function webPageIn(body: Uint8Array, contentType: string | null): string | null {
  const text = Buffer.from(body.subarray(0, LOOKED_AT_BYTES)).toString('utf8');
  if (!PAGE.test(text) && contentType?.startsWith('text/html') !== true) return null;
  const title = TITLE.exec(text)?.[1]
    ?.replace(/[^\p{L}\p{N}\p{P}\p{S} ]/gu, ' ')
    .trim()
    .slice(0, SHOWN_TITLE_CHARACTERS);
  const what = LOGIN.test(text) ? 'a login page' : 'a web page';
  return title ? `${what} (“${title}”)` : what;
}
