/** Who may be at the other end of the channel at which the likely holder of a lock waits: Go prints no addresses of channels. */
import type { DumpText } from '../text/dump-text.ts';
import { type Block, blockOf } from './block.ts';
import { type Candidate, partyOf } from './holder.ts';
import type { OtherEnd } from './lock.ts';
import type { WaitedFor } from './waiting.ts';

const AT_CHANNEL = /^chan (?:send|receive)(?! \(nil)/;
const OF_RUNTIME = /^runtime\./;
/** Smaller numbers are no addresses. */
const LOWEST_ADDRESS = 0x100000;

/** A waiter that was passed what the line at the channel was passed too; null for none. */
export function otherEndOf(
  { state, block }: Candidate,
  lock: WaitedFor,
  texts: readonly DumpText[],
): OtherEnd | null {
  if (!AT_CHANNEL.test(state)) return null;
  const sought = passedAtChannel(block).filter((address) => address !== lock.struct?.address);
  if (sought.length === 0) return null;
  for (const { part, start } of lock.waiters.longestOnes) {
    const waiter = blockOf(texts[part]!, start);
    const passed = new Set(waiter === null ? [] : waiter.calls.flatMap(addressesOf));
    const shared = sought.find((address) => passed.has(address));
    if (waiter !== null && shared !== undefined) {
      return { ...partyOf(waiter), shared: `0x${shared.toString(16)}` };
    }
  }
  return null;
}

/** The channel is one of these, or is in one of them, where it is not a variable. */
function passedAtChannel({ calls }: Block): number[] {
  const line = calls.find(({ function: name }) => !OF_RUNTIME.test(name));
  return line === undefined ? [] : addressesOf(line);
}

function addressesOf({ args }: Block['calls'][number]): number[] {
  return args
    .filter(({ isUncertain, value }) => !isUncertain && value >= LOWEST_ADDRESS)
    .map(({ value }) => value);
}
