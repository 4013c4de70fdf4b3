import { createServer as createHttpServer } from 'node:http';
import { createServer, type Server } from 'node:net';
import { expect, it, onTestFinished, vi } from 'vitest';
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

async function listenAt(path: string, server: Server): Promise<void> {
  await new Promise<void>((resolve) => server.listen(path, resolve));
  onTestFinished(() => void server.close());
}

/** Of a process that runs and has the same parent: this one. */
function placeIn(folder: string, random: string): FamilyPlace {
  const [pid, started] = openFamily()!.place.name.split('-');
  return { folder, name: `${pid}-${started}-${random.repeat(16)}` };
}

it.skipIf(process.platform === 'win32')(
  'looks again where the process of pm2 that it found first joins another itself',
  async () => {
    vi.stubEnv('pm_id', '1');
    onTestFinished(() => void vi.unstubAllEnvs());
    const folder = temporaryFolder();
    const [self, first, elder] = ['0', '1', '2'].map((random) => placeIn(folder, random));
    for (const place of [self!, first!]) putMark(place);
    settleToServe(first!);
    // One that has joined another is asked by HTTP at its socket, and is no longer to be joined.
    const asked = createHttpServer();
    asked.once('connection', () => {
      removeMark(first!);
      putMark(elder!);
      settleToServe(elder!);
    });
    await listenAt(socketOf(first!), asked);
    const welcomes = createServer((socket) => {
      socket.once('data', () => socket.write(lineOf({ isWelcome: true, depth: 0 })));
    });
    await listenAt(socketOf(elder!), welcomes);

    const listenOpenly = vi.fn<HomeOptions['listenOpenly']>();
    const home = await findHome({
      family: { place: self!, observer: null },
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
      listenAt: async () => ({ url: '', port: 0, stop: async () => {} }),
      openDoor() {},
      onFailure() {},
    });
    onTestFinished(() => home.stop());
    expect(home.url).toBeNull();
    expect(listenOpenly).not.toHaveBeenCalled();
  },
);
