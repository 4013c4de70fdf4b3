/** The captures of this process as its fleet has them: sent as they are made, and forgotten there as they are here. */
import type { Capture } from '../../diagnostics/captures/capture.ts';
import type { Engine } from '../../targets/fleet/engine/engine.ts';
import { writeCapture } from '../../targets/fleet/wire/capture/capture.ts';
import { keysOf, MOST_CAPTURES } from '../../targets/fleet/wire/names.ts';

export interface ToldCapturesOptions {
  id: string;
  engine: Pick<Engine, 'send'>;
  captures: { list(): Promise<Capture[]> };
  /** For which one is kept there. */
  keptSeconds: number;
  /** For which nothing is tried after the engine has refused one. @default 20_000 */
  restMs?: number;
}

export interface ToldCaptures {
  /** Tells what has changed. Never rejects, and does nothing while it is under way. */
  tell(aheadMs: number): Promise<void>;
  /** The engine may have lost them: those that are here are told anew. */
  tellAll(): void;
  /** Keys of those that the engine has. */
  keys(): string[];
  /** Captures that were too large, or were gone before they could be sent. */
  lost(): number;
}

const REST_MS = 20_000;

export function createToldCaptures(options: ToldCapturesOptions): ToldCaptures {
  const { id, engine, captures, keptSeconds, restMs = REST_MS } = options;
  const keys = keysOf(id).captures;
  /** What is in each key; null for nothing. */
  const told: (Capture | null)[] = keys.map(() => null);
  /** At the last look. */
  let seen: readonly Capture[] = [];
  let unsent: readonly Capture[] = [];
  const tooLarge = new WeakSet<Capture>();
  let lost = 0;
  let restUntilMs = Number.NEGATIVE_INFINITY;
  let isTelling = false;

  /** Those that came and went between two looks, as the ones tell that they gave way to. */
  function unseenBefore(all: readonly Capture[]): number {
    const fresh = all.filter((capture) => !seen.includes(capture));
    const isUnseen = (name: string) => seen.every((capture) => capture.name !== name);
    return fresh.filter(({ displaced }) => displaced !== null && isUnseen(displaced)).length;
  }

  async function update(aheadMs: number): Promise<void> {
    const all = await captures.list();
    lost += unsent.filter((capture) => !all.includes(capture)).length + unseenBefore(all);
    seen = all;
    const wanted = all.slice(-MOST_CAPTURES);
    unsent = wanted.filter((capture) => !told.includes(capture) && !tooLarge.has(capture));
    if (performance.now() < restUntilMs) return;
    for (const [at, capture] of told.entries()) {
      if (capture !== null && !wanted.includes(capture)) await put(at, null, null);
    }
    for (const capture of unsent) {
      const written = writeCapture(capture.name ?? '', capture, aheadMs);
      if (written !== null) {
        await put(told.indexOf(null), capture, written);
        continue;
      }
      tooLarge.add(capture);
      unsent = unsent.filter((each) => each !== capture);
      lost += 1;
    }
  }

  /** @throws what the engine refuses it with */
  async function put(at: number, capture: Capture | null, written: Buffer | null): Promise<void> {
    const key = keys[at]!;
    const [refusal] = await engine.send([
      written === null ? ['DEL', key] : ['SET', key, written, 'EX', keptSeconds],
    ]);
    if (refusal instanceof Error) throw refusal;
    told[at] = capture;
    unsent = unsent.filter((each) => each !== capture);
  }

  return {
    async tell(aheadMs) {
      if (isTelling) return;
      isTelling = true;
      await update(aheadMs)
        .catch(() => {
          restUntilMs = performance.now() + restMs;
        })
        .finally(() => {
          isTelling = false;
        });
    },
    tellAll() {
      told.fill(null);
      restUntilMs = Number.NEGATIVE_INFINITY;
    },
    keys: () => keys.filter((_, at) => told[at] !== null),
    lost: () => lost,
  };
}
