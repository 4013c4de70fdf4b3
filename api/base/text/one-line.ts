/** Text from elsewhere as one line, in which nothing steers a terminal: control characters are spaces. */
export function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029]+/gu, ' ').trim();
}
