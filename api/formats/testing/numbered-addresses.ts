/** The same text with its addresses as `0x10`, `0x20` …, in the order in which they come. */
export function numberAddresses(text: string): string {
  const known: string[] = [];
  return text.replace(/\b0x[\da-f]{4,}\b/g, (address) => {
    if (!known.includes(address)) known.push(address);
    return `0x${known.indexOf(address) + 1}0`;
  });
}
