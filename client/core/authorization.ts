/** How a request shows its token. */

/** @throws TypeError for a token that no header can carry */
export function authorizationOf(token: string | undefined): Record<string, string> {
  if (token === undefined) return {};
  if (!/^[\x21-\x7e]+$/.test(token)) {
    throw new TypeError('token is (hidden), allowed is printable ASCII without spaces');
  }
  return { authorization: `Bearer ${token}` };
}
