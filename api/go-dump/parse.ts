/**
 * Goroutines out of the text that Go prints for them: `/debug/pprof/goroutine?debug=2`, and crash
 * logs. Equal goroutines become one record with a count, so the result is as large as the
 * differences in a dump and not as the dump.
 */
import type { Frame } from '../profile/profile.ts';
import { Utf8Chunks } from './encoding.ts';
import { LineCutter } from './lines.ts';
import { GoDumpReader } from './reader.ts';
import type { UnreadLines } from './unread-lines.ts';

/** Goroutines that wait for the same, equally long, at the same stack. */
export interface GoGoroutines {
  count: number;
  /** As Go prints it, for example `chan receive (nil chan)`. */
  state: string;
  /** As Go prints it, for example `5 minutes`; null where it gives no time. */
  waitReason: string | null;
  /** 0 where Go gives no time, which is also so for waits of less than a minute. */
  waitMinutes: number;
  isLockedToThread: boolean;
  /** Number of the `testing/synctest` bubble; null outside of one. */
  bubble: number | null;
  otherAttributes: string[];
  /**
   * Top frame first, arguments and code offsets left out. The creator is the last frame, named
   * `created by main.main`; equal stacks share one array.
   */
  frames: readonly Frame[];
  /** Numbers of the first ten. */
  goroutineIds: number[];
  /** The first three different label sets, as Go prints them. */
  labels: string[];
}

export interface GoDumpStats {
  /** Goroutine headers, and so goroutines: the sum of all counts. */
  headers: number;
  /** Goroutines with a stack, or with Go's word that it could not be walked. */
  parsed: number;
  lines: number;
  /** Lines within goroutines that make no sense there, broken headers, and quoted goroutines. */
  notUnderstood: UnreadLines;
  /** Lines outside of every goroutine, for example the text of a panic. */
  surrounding: UnreadLines;
  /** The text ends in the middle of a goroutine. */
  truncated: boolean;
}

export interface GoDump {
  goroutines: GoGoroutines[];
  stats: GoDumpStats;
}

/** Reads a dump that is in memory; a string is taken as it is, bytes may be UTF-8 or UTF-16. Never throws. */
export function parseGoDump(input: Uint8Array | string): GoDump {
  const parser = new GoDumpParser();
  parser.push(typeof input === 'string' ? Buffer.from(input) : input);
  return parser.end();
}

/** Reads a dump as it arrives. Throws only what `chunks` throws. */
export async function parseGoDumpStream(chunks: AsyncIterable<Uint8Array>): Promise<GoDump> {
  const parser = new GoDumpParser();
  for await (const chunk of chunks) parser.push(chunk);
  return parser.end();
}

class GoDumpParser {
  private readonly reader = new GoDumpReader();
  private readonly decoder = new Utf8Chunks();
  private readonly cutter = new LineCutter((bytes, start, end) =>
    this.reader.readLines(bytes, start, end),
  );

  push(chunk: Uint8Array): void {
    this.cutter.push(this.decoder.push(chunk));
  }

  end(): GoDump {
    this.cutter.push(this.decoder.end());
    this.cutter.end();
    this.reader.finish();
    return resultOf(this.reader);
  }
}

function resultOf(reader: GoDumpReader): GoDump {
  const goroutines: GoGoroutines[] = [];
  let parsed = 0;
  for (const { header, stack, count, goroutineIds, labels } of reader.tally.entries()) {
    const frames = reader.stacks.framesOf(stack);
    if (frames.length > 0) parsed += count;
    goroutines.push({ ...header, count, frames, goroutineIds, labels });
  }
  return {
    goroutines,
    stats: {
      headers: reader.tally.goroutines,
      parsed,
      lines: reader.findings.lineCount,
      notUnderstood: reader.findings.notUnderstood,
      surrounding: reader.findings.surrounding,
      truncated: reader.endsMidGoroutine,
    },
  };
}
