/** Where a process opens its inspector, by its command line and its `NODE_OPTIONS`. */

export interface InspectorPlace {
  host: string;
  /** 0 for any free one. */
  port: number;
  /** It was started with it: nothing has to be opened, nor may be closed. */
  isOpenFromStart: boolean;
}

const DEFAULT: InspectorPlace = { host: '127.0.0.1', port: 9229, isOpenFromStart: false };
const OPENS = new Set(['--inspect', '--inspect-brk', '--inspect-wait']);
const SETS = new Set(['--inspect-port', '--debug-port']);

/**
 * The last one counts. For example `['--inspect-port=9300']` → port 9300, `['--inspect=0.0.0.0']` → open on all addresses.
 * @param options those in `NODE_OPTIONS` first
 */
export function inspectorPlace(options: readonly string[]): InspectorPlace {
  let place = DEFAULT;
  options.forEach((option, at) => {
    const [name = '', joined] = option.split(/=(.*)/s);
    if (!OPENS.has(name) && !SETS.has(name)) return;
    const value = joined ?? (SETS.has(name) ? options[at + 1] : undefined);
    place = {
      ...withAddress(place, value ?? ''),
      isOpenFromStart: place.isOpenFromStart || OPENS.has(name),
    };
  });
  return place;
}

/** `9300`, `localhost`, `0.0.0.0:9300` or `[::1]:9300`. */
function withAddress(place: InspectorPlace, text: string): InspectorPlace {
  if (text === '') return place;
  if (/^\d+$/.test(text)) return { ...place, port: Number(text) };
  const [, host = text, port] = /^(\[.*\]|[^:]*)(?::(\d+))?$/.exec(text) ?? [];
  const bare = host.replace(/^\[|\]$/g, '');
  return { ...place, host: bare, port: port === undefined ? place.port : Number(port) };
}
