/** All instances of a fleet as targets, found on the engine: they come, go, and stay for as long as it keeps them. */
import type { ResolvedOptions } from '../../../base/options/options.ts';
import { withDeadline } from '../../../base/waiting/deadline.ts';
import { singleFlight } from '../../../base/waiting/single-flight.ts';
import { createWakers } from '../../../base/waiting/wakers.ts';
import type { Health } from '../../../health/finding.ts';
import type { Decoder } from '../../decoding/decoder.ts';
import type { Target, TargetParts, TargetRegistry } from '../../list.ts';
import { clockAheadMs } from '../engine/clock.ts';
import type { Command } from '../engine/command.ts';
import { type Engine, openEngine } from '../engine/engine.ts';
import { type About, readAbout, readHealth, readPulse } from '../wire/about.ts';
import { INSTANCE_ID, INSTANCES, keysOf, NEWS } from '../wire/names.ts';
import { createAsking } from './asking.ts';
import { createCaptureCache } from './capture-cache.ts';
import { fleetHealth } from './health.ts';
import { createInstance, type Instance } from './instance.ts';
import { createServices, type Services } from './services.ts';
import { MOST_INSTANCES, wholeTarget } from './whole.ts';

export interface FleetOptions {
  url: string;
  options: ResolvedOptions;
  decoder: Decoder;
  log(line: string): void;
}

export interface Fleet extends Services {
  /** All of it, as the default target. */
  whole: Target;
  /** @param registry the list that its instances join and leave */
  follow(registry: TargetRegistry): TargetParts;
}

const EVERY_MS = 5_000;
/** After an instance has said that something has changed. */
const NEWS_AFTER_MS = 200;
/** However much is told, by whomever. */
const SHORTEST_DISTANCE_MS = 1_000;
/** Who lists the targets sees them no older than this, unless the engine is slow. */
const FRESH_FOR_MS = 2_000;
const REFRESH_DEADLINE_MS = 1_000;
const MOST_TEXT_BYTES = 4_096;
const MOST_HEALTH_BYTES = 256 * 1024;

/** @throws where the client of the engine cannot be loaded */
export async function openFleet({ url, options, decoder, log }: FleetOptions): Promise<Fleet> {
  const instances = new Map<string, Instance>();
  const changes = createWakers();
  let engine: Engine | null = null;
  let aheadMs = 0;
  let readAtMs = Number.NEGATIVE_INFINITY;
  let leftOut = 0;
  let isStopped = false;
  let registry: TargetRegistry | null = null;
  let newsTimer: NodeJS.Timeout | undefined;
  const asking = createAsking(() => engine);
  const cache = createCaptureCache();

  function soon(): void {
    const waitMs = Math.max(NEWS_AFTER_MS, SHORTEST_DISTANCE_MS - (Date.now() - readAtMs));
    newsTimer ??= setTimeout(() => {
      newsTimer = undefined;
      void refresh();
    }, waitMs);
  }

  const opened = await openEngine(url, {
    channels: [asking.channel, NEWS],
    onMessage: (channel, message) => (channel === NEWS ? soon() : asking.take(message)),
    onConnected: soon,
    log,
  });
  engine = opened;

  /** So many at most, and of those that are known already none is left out. */
  async function readIds(): Promise<string[]> {
    const [count] = await opened.send([['SCARD', INSTANCES]]);
    const isMany = Number(count) > MOST_INSTANCES;
    // What stands there is no list: until it is one again, those that are known stay.
    if (count instanceof Error) return [...instances.keys()];
    const [told] = await opened.send([
      isMany ? ['SRANDMEMBER', INSTANCES, MOST_INSTANCES] : ['SMEMBERS', INSTANCES],
    ]);
    const ids = Array.isArray(told) ? told.filter(isId) : [];
    const known = isMany ? [...instances.keys()] : ids.filter((id) => instances.has(id));
    const added = ids.filter((id) => !instances.has(id));
    leftOut = Math.max(0, Number(count) - MOST_INSTANCES);
    return [...known, ...added].slice(0, MOST_INSTANCES);
  }

  const refresh = singleFlight(async () => {
    if (isStopped || registry === null || !opened.status().isConnected) return;
    try {
      aheadMs = (await clockAheadMs(opened)) ?? aheadMs;
      const ids = await readIds();
      const abouts = await readTexts(ids.map((id) => keysOf(id).about));
      const present = new Map<string, About>();
      const lost: string[] = [];
      const unreadable = new Set<string>();
      for (const [at, id] of ids.entries()) {
        const about = readAbout(abouts[at]!);
        if (about !== null) present.set(id, about);
        else if (abouts[at] === '') lost.push(id);
        else if (instances.has(id)) unreadable.add(id);
      }
      for (const id of [...instances.keys()]) {
        if (!present.has(id) && !unreadable.has(id)) remove(id);
      }
      for (const [id, about] of present) if (!instances.has(id)) add(id, about);
      if (lost.length > 0) await opened.send([['SREM', INSTANCES, ...lost]]);
      await readPulses();
      readAtMs = Date.now();
      changes.wakeAll();
    } catch {
      // The engine tells what is wrong, and what was read stays.
    }
  });

  async function readTexts(keys: readonly string[], mostBytes = MOST_TEXT_BYTES) {
    const answers = await opened.send(keys.map((key): Command => ['GETRANGE', key, 0, mostBytes]));
    return answers.map((answer) => (typeof answer === 'string' ? answer : null));
  }

  async function readPulses(): Promise<void> {
    const all = [...instances.values()];
    const pulses = await readTexts(all.map(({ id }) => keysOf(id).pulse));
    const points = await opened.send(all.map(({ history }) => history.question()));
    for (const [at, instance] of all.entries()) {
      instance.setPulse(readPulse(pulses[at] ?? null));
      instance.history.take(points[at]);
    }
    const changed = all.filter(
      ({ pulse, healthRevision, health }) =>
        (pulse()?.healthRevision ?? healthRevision) !== healthRevision ||
        (pulse() === null && health() === null),
    );
    const healths = await readTexts(
      changed.map(({ id }) => keysOf(id).health),
      MOST_HEALTH_BYTES,
    );
    for (const [at, instance] of changed.entries()) {
      instance.setHealth(readHealth(healths[at] ?? null));
      instance.healthRevision = instance.pulse()?.healthRevision ?? '';
    }
  }

  function add(id: string, about: About): void {
    const instance = createInstance({
      ...options,
      id,
      name: nameFor(id, about),
      about,
      decoder,
      asking,
      cache,
      log,
      engine: () => engine,
      aheadMs: () => aheadMs,
    });
    instances.set(id, instance);
    registry?.add(instance.target);
  }

  function nameFor(id: string, { host, pid }: About): string {
    const plain = `${host}-${pid}`.replace(/[^\w.-]+/g, '_');
    const name = `${plain}-${id.slice(0, SHORT_ID)}`;
    const isTaken = [...instances.values()].some(({ target }) => target.name === name);
    return isTaken ? `${plain}-${id}` : name;
  }

  function remove(id: string): void {
    const instance = instances.get(id);
    if (instance === undefined) return;
    instances.delete(id);
    registry?.remove(
      instance.target.name,
      `${instance.title} is gone, and nothing is kept of it any more`,
    );
    instance.stop();
  }

  async function fresh(): Promise<void> {
    if (Date.now() - readAtMs < FRESH_FOR_MS) return;
    await withDeadline(refresh(), REFRESH_DEADLINE_MS, () => {});
  }

  const living = () => [...instances.values()].filter((instance) => instance.pulse() !== null);

  function health(): Health {
    const told = living().map((instance) => ({
      title: instance.title,
      service: instance.status().service,
      health: instance.health(),
    }));
    return fleetHealth(told, Date.now());
  }

  async function* healthChanges({ signal }: { signal?: AbortSignal } = {}) {
    let last = '';
    while (!isStopped && !signal?.aborted) {
      const now = health();
      const text = JSON.stringify([now.sentence, now.findings]);
      if (text !== last) yield now;
      last = text;
      await changes.nextChange(signal);
    }
  }

  return {
    ...createServices({ instances: () => instances.values(), fresh }),
    whole: wholeTarget({
      options,
      health,
      healthChanges,
      engineStatus: opened.status,
      readAtMs: () => readAtMs,
      leftOut: () => leftOut,
    }),
    follow(list) {
      registry = list;
      void refresh();
      const timer = setInterval(() => void refresh(), EVERY_MS);
      return {
        refresh: fresh,
        stop() {
          isStopped = true;
          clearInterval(timer);
          clearTimeout(newsTimer);
          asking.stop();
          opened.stop();
          changes.end();
          for (const instance of instances.values()) instance.stop();
        },
      };
    },
  };
}

const SHORT_ID = 4;
const isId = (value: unknown): value is string =>
  typeof value === 'string' && INSTANCE_ID.test(value);
