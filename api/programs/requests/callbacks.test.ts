/** Programs of callbacks alone, one as modules and one of CommonJS, whose requests wait for a turn that never comes. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { get } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, it, vi } from 'vitest';
import { createDiagnosticsClient } from '../../../client/index.ts';
import { launchObserved } from '../../../scripts/testing/program.ts';

/** A request hangs from 5 s on where its route is usually quick. */
const UNTIL_TOLD = { timeout: 100_000, interval: 1_000 };
const WAITING = 20;

const POOL = `
class Pool {
  #free = [{ query: (sql, done) => setTimeout(done, 5, null, sql) }];
  #waiting = [];
  getConnection(callback) {
    const connection = this.#free.pop();
    if (connection === undefined) this.#waiting.push({ callback, since: Date.now() });
    else setImmediate(callback, null, connection);
  }
  release(connection) {
    const next = this.#waiting.shift();
    if (next === undefined) this.#free.push(connection);
    else setImmediate(next.callback, null, connection);
  }
}
`;
const USERS = `
const pool = new Pool();
function findUser(id, done) {
  pool.getConnection((error, connection) => {
    connection.query(id, (failure, rows) => {
      if (id === 'nobody') return;
      pool.release(connection);
      done(failure, rows);
    });
  });
}
`;
const SERVE = `
const server = createServer((request, response) => {
  findUser(request.url.slice(1), (error, user) => response.end(user));
});
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
`;

const folder = mkdtempSync(path.join(tmpdir(), 'pprofql-callbacks-'));
afterAll(() => rmSync(folder, { recursive: true }));

const MODULES = {
  'pool.mjs': `export ${POOL.trim()}`,
  'users.mjs': `import { Pool } from './pool.mjs';${USERS.replace('function find', 'export function find')}`,
  'main.mjs': `import { createServer } from 'node:http';import { findUser } from './users.mjs';${SERVE}`,
};
const COMMON_JS = {
  'pool.js': `${POOL}exports.Pool = Pool;`,
  'users.js': `const { Pool } = require('./pool.js');${USERS}exports.findUser = findUser;`,
  'main.js': `const { createServer } = require('node:http');const { findUser } = require('./users.js');${SERVE}`,
};

it.each([
  ['modules', MODULES],
  ['CommonJS', COMMON_JS],
])(
  'requests that wait in a pool of callbacks are told with the line of the program: %s',
  async (name, files) => {
    const program = path.join(folder, name);
    mkdirSync(program);
    writeFileSync(path.join(program, 'package.json'), '{}');
    for (const [file, text] of Object.entries(files)) writeFileSync(path.join(program, file), text);
    const main = path.join(program, Object.keys(files).at(-1)!);

    await using running = launchObserved([main], { env: { PPROFQL_INTERVAL_MS: '1000' } });
    const origin = `http://127.0.0.1:${await running.nextLine()}`;
    for (let asked = 0; asked < 6; asked += 1)
      expect(await (await fetch(`${origin}/1`)).text()).toBe('1');
    for (const user of ['nobody', ...Array<string>(WAITING).fill('1')]) {
      get(`${origin}/${user}`, { agent: false }).on('error', () => {});
    }
    const client = createDiagnosticsClient({ url: await running.url() });
    try {
      await vi.waitFor(async () => {
        const { findings } = await client.health();
        expect(findings.find(({ kind }) => kind === 'STUCK_REQUESTS')).toMatchObject({
          severity: 'WARNING',
          culprit: { function: 'findUser', line: 4 },
          sentence: expect.stringMatching(
            /hang in findUser \(.*users\.m?js:4\), whose callbacks stand in #waiting of Pool \(.*pool\.m?js:/,
          ),
        });
      }, UNTIL_TOLD);
    } finally {
      await client.dispose();
    }
  },
);
