/** pm2 in cluster mode: its daemon starts the processes, and is not observed itself. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, inject, it, onTestFailed, vi } from 'vitest';
import { freePort } from '../../../scripts/testing/free-port.ts';
import { portsOfTree, treeOf } from '../../../scripts/testing/installed/process-tree.ts';
import { Project } from '../../../scripts/testing/installed/project.ts';
import { observed } from '../../../scripts/testing/program.ts';

const installedIn = inject('installedIn');
const UNTIL_SEEN = { interval: 200 };
const INSTANCES = 3;
/** One that another has served before is told with its program. */
const ADDRESS = /^pprofql: (http:\S+)(?: \(app\.js\))?$/gm;

/** Three processes on one port, under a pm2 with a home of its own. */
class Cluster implements AsyncDisposable {
  readonly project = new Project(installedIn!, 'pm2');
  readonly #nodeArgs: readonly string[];
  #port = 0;

  constructor(nodeArgs: readonly string[]) {
    this.#nodeArgs = nodeArgs;
  }

  async start(): Promise<void> {
    this.#port = await freePort();
    await this.tell('start', 'ecosystem.config.cjs');
    // To pm2 they are online as soon as they are there.
    await vi.waitFor(() => this.ask('/'));
  }

  /** Gives what pm2 has to say, once it has done that. */
  async tell(...args: string[]) {
    const { code, stdout, stderr } = await this.project.start(
      [this.project.command('pm2'), ...args],
      {
        PM2_HOME: this.#home,
        PORT: String(this.#port),
        NODE_ARGS: JSON.stringify(this.#nodeArgs),
      },
    ).ended;
    expect({ code, stderr }, stdout).toEqual({ code: 0, stderr: '' });
  }

  /** What its processes have printed, and pm2 about them. */
  log(): string {
    return readFileSync(join(this.#home, 'pm2.log'), 'utf8');
  }

  addresses(): string[] {
    return [...this.log().matchAll(ADDRESS)].map(([, url]) => url!);
  }

  /** What each has printed by streams of its own. */
  printed(): Record<string, string> {
    const folder = join(this.#home, 'logs');
    const files = readdirSync(folder).toSorted();
    return Object.fromEntries(
      files.map((file) => [file, readFileSync(join(folder, file), 'utf8')]),
    );
  }

  async ask(path: string): Promise<string> {
    return (await fetch(`http://127.0.0.1:${this.#port}${path}`)).text();
  }

  get port(): number {
    return this.#port;
  }

  get daemon(): number {
    return Number(readFileSync(join(this.#home, 'pm2.pid'), 'utf8'));
  }

  get #home(): string {
    return join(this.project.folder, 'home');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // It is in no group that ends with the test.
    const pids = existsSync(join(this.#home, 'pm2.pid')) ? treeOf(this.daemon) : [];
    for (const pid of pids) process.kill(pid, 'SIGKILL');
    this.project[Symbol.dispose]();
  }
}

describe.skipIf(installedIn === null)('a cluster of pm2', () => {
  it('has a target for each process, one line and one port, also after one has ended and all were reloaded', async () => {
    await using bare = new Cluster([]);
    await using cluster = new Cluster(observed([]));
    onTestFailed(() => console.error(cluster.log()));
    await Promise.all([bare.start(), cluster.start()]);

    const isWhole = () =>
      vi.waitFor(async () => {
        const url = cluster.addresses().at(-1);
        const answer = await fetch(`${url}graphql?query={targets{title,parent{name}}}`);
        const { data } = (await answer.json()) as { data: { targets: unknown[] } };
        const other = { title: expect.stringMatching(/^child-\d+ of app\.js$/), parent: null };
        expect(data.targets).toEqual([{ title: null, parent: null }, other, other]);
        const ports = [Number(new URL(url!).port), cluster.port];
        expect(portsOfTree(cluster.daemon)).toEqual(ports.toSorted((a, b) => a - b));
        return url!;
      }, UNTIL_SEEN);
    await isWhole();
    expect(cluster.addresses()).toHaveLength(1);
    expect(treeOf(cluster.daemon)).toHaveLength(INSTANCES + 1);

    const ends = /App name:shop id:\d disconnected\n.*App \[shop:\d\] exited with code \[3\].*/;
    for (const each of [bare, cluster]) {
      await each.ask('/end');
      await vi.waitFor(() => expect(each.log()).toMatch(ends));
    }
    await isWhole();
    for (const each of [bare, cluster]) await each.tell('reload', 'shop');
    await isWhole();

    const nothing = Object.fromEntries(Object.keys(bare.printed()).map((file) => [file, '']));
    expect(Object.keys(nothing)).toHaveLength(2 * INSTANCES);
    expect([bare.printed(), cluster.printed()]).toEqual([nothing, nothing]);
    for (const each of [bare, cluster]) await each.tell('kill');
    expect(cluster.project.leftovers()).toEqual(bare.project.leftovers());
    expect(cluster.project.leftovers().temporary).toEqual([]);
  });
});
