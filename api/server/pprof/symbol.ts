/**
 * `/debug/pprof/symbol`: names for addresses. Only the texts need it, where addresses stand alone for tools that do
 * not read the comments beside them; profiles bring their names along.
 */
import { createPlaceAddresses } from '../../formats/place-address.ts';
import { readableName } from '../../formats/pprof/profile.ts';
import type { Frame } from '../../profile/profile.ts';
import type { PprofResource } from './query.ts';

export interface Symbols extends PprofResource {
  /** Keeps the places of the text last given under this name. */
  remember(textName: string, frames: readonly Frame[]): void;
}

/** Tools look no further where this is 0. As in Go, it is no true count. */
const HEAD = 'num_symbols: 1\n';

export function createSymbols(): Symbols {
  const remembered = new Map<string, readonly Frame[]>();

  function namesByAddress(): Map<number, string> {
    const addressOf = createPlaceAddresses();
    const frames = [...remembered.values()].flat();
    return new Map(frames.map((frame) => [addressOf(frame), readableName(frame)]));
  }

  return {
    takesPost: true,
    remember: (textName, frames) => void remembered.set(textName, frames),
    form: () => ({ kind: 'text' }),
    async answer({ text }) {
      const names = namesByAddress();
      const lines = text.split('+').map((word) => {
        const address = addressIn(word);
        // Tools step back from what they take for a return address.
        const name = names.get(address) ?? names.get(address + 1);
        return name === undefined ? '' : `0x${address.toString(16)} ${name}\n`;
      });
      return { kind: 'text', text: HEAD + lines.join('') };
    },
  };
}

/** 0, which no place has, for anything else. */
function addressIn(word: string): number {
  return /^(0x[\da-f]+|\d+)$/i.test(word.trim()) ? Number(word) : 0;
}
