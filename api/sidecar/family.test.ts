import { createServer as createHttpServer } from 'node:http';
import { createServer, type Server } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { temporaryFolder } from '../../scripts/testing/temporary-folder.ts';
import { lineOf } from '../targets/children/messages.ts';
import {
  type FamilyPlace,
  openFamily,
  putMark,
  removeMark,
  settleToServe,
  socketOf,
} from '../targets/children/place.ts';
import { findHome, type HomeOptions } from './family.ts';

const LISTENING = { url: 'http://127.0.0.1:1/', port: 1, stop: async () => {} };

async function listenAt(path: string, server: Server): Promise<void> {
  await new Promise<void>((resolve) => server.listen(path, resolve));
  onTestFinished(() => void server.close());
}

/** Of a process that runs and has the same parent: this one. */
function placeIn(folder: string, random: string): FamilyPlace {
  const [pid, started] = openFamily()!.place.name.split('-');
  return { folder, name: `${pid}-${started}-${random.repeat(16)}` };
}

/** What a process joins, for as long as the test runs. */
async function serveAt(place: FamilyPlace): Promise<void> {
  const server = createServer((socket) => {
    socket.once('data', () => socket.write(lineOf({ isWelcome: true, depth: 0 })));
  });
  await listenAt(socketOf(place), server);
}

/** Of a process that pm2 started, which has its mark. */
function startFindingHome(place: FamilyPlace) {
  vi.stubEnv('pm_id', '1');
  onTestFinished(() => void vi.unstubAllEnvs());
  putMark(place);
  const listenOpenly = vi.fn<HomeOptions['listenOpenly']>(async () => LISTENING);
  const home = findHome({
    family: { place, observer: null },
    self: {
      process: { pid: process.pid, title: 'test', startedAtMs: 0 },
      diagnostics: {
        history: () => [],
        eventLoop: async () => ({
          state: 'RESPONSIVE',
          blockedForMs: 0,
          starvedForMs: 0,
          stack: null,
          sentence: '',
          unwatchedReason: null,
        }),
        lastHealth: () => null,
        checkHealth() {},
      },
    },
    listenOpenly,
    listenAt: async () => LISTENING,
    openDoor() {},
    onFailure() {},
  });
  onTestFinished(async () => (await home).stop());
  return { home, listenOpenly };
}

describe.skipIf(process.platform === 'win32')('a process that pm2 started', () => {
  it('looks again where the one that it found first joins another itself', async () => {
    const folder = temporaryFolder();
    const [self, first, elder] = ['0', '1', '2'].map((random) => placeIn(folder, random));
    putMark(first!);
    settleToServe(first!);
    // One that has joined another is asked by HTTP at its socket, and is no longer to be joined.
    const asked = createHttpServer();
    asked.once('connection', () => {
      removeMark(first!);
      putMark(elder!);
      settleToServe(elder!);
    });
    await listenAt(socketOf(first!), asked);
    await serveAt(elder!);

    const { home, listenOpenly } = startFindingHome(self!);
    expect((await home).url).toBeNull();
    expect(listenOpenly).not.toHaveBeenCalled();
  });

  it('waits for one that may have looked before it was there, and joins it where it serves', async () => {
    const folder = temporaryFolder();
    const [self, other] = ['0', '1'].map((random) => placeIn(folder, random));
    putMark(other!);
    await serveAt(other!);
    const { home, listenOpenly } = startFindingHome(self!);
    // It has looked before this, and again and again.
    await setImmediate();
    expect(listenOpenly).not.toHaveBeenCalled();
    settleToServe(other!);
    expect((await home).url).toBeNull();
    expect(listenOpenly).not.toHaveBeenCalled();
  });

  it('serves once the one that it waits for has gone', async () => {
    const folder = temporaryFolder();
    const [self, other] = ['0', '1'].map((random) => placeIn(folder, random));
    putMark(other!);
    const { home, listenOpenly } = startFindingHome(self!);
    await setImmediate();
    expect(listenOpenly).not.toHaveBeenCalled();
    removeMark(other!);
    expect((await home).url).toBe(LISTENING.url);
  });
});
