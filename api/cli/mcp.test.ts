import { fileURLToPath } from 'node:url';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { launchObserved, Program } from '../../scripts/testing/program.ts';

const CLI = fileURLToPath(new URL('../cli.ts', import.meta.url));
const SERVER = fileURLToPath(
  new URL('../../scripts/fixtures/requests/program.mjs', import.meta.url),
);
const SHORT_CHARACTERS = 9_000;
/** As where nobody has installed it. */
const WITHOUT_SDK = `data:text/javascript,${encodeURIComponent(`
  import { registerHooks } from 'node:module';
  registerHooks({
    resolve(specifier, context, next) {
      const isSdk = specifier.startsWith('@modelcontextprotocol/');
      return next(isSdk ? specifier.replace('/sdk', '/sdk-that-is-missing') : specifier, context);
    },
  });
`)}`;

interface Answer {
  isError: boolean;
  text: string;
}

async function connect(...args: string[]): Promise<Client> {
  const client = new Client({ name: 'test', version: '1' });
  await client.connect(
    new StdioClientTransport({ command: process.execPath, args: [CLI, 'mcp', ...args] }),
  );
  return client;
}

async function ask(client: Client, name: string, args = {}): Promise<Answer> {
  const { isError = false, content } = await client.callTool({ name, arguments: args });
  const [part] = content as { type: string; text: string }[];
  return { isError: isError === true, text: part!.text };
}

describe('pprofql mcp', () => {
  let program: Program;
  let client: Client;
  let hanging: Promise<unknown>;

  beforeAll(async () => {
    program = launchObserved([SERVER, 'http']);
    const port = await program.nextLine();
    hanging = fetch(`http://127.0.0.1:${port}/hang/1`).catch(() => {});
    client = await connect('--url', await program.url());
  });
  afterAll(async () => {
    await client.close();
    await program.kill();
    await hanging;
  });

  it('offers its tools, each with a schema of what it takes', async () => {
    const { tools } = await client.listTools();
    expect(tools.map(({ name }) => name)).toEqual([
      'health',
      'tasks',
      'requests',
      'allocations',
      'cpu_profile',
      'captures',
      'capture',
      'compare',
      'targets',
    ]);
    const compare = tools.find(({ name }) => name === 'compare');
    expect(compare).toMatchObject({
      inputSchema: {
        required: ['base'],
        properties: {
          base: { type: 'string' },
          limit: { type: 'integer', minimum: 1, maximum: 50 },
          target: { type: 'string' },
        },
      },
      annotations: { readOnlyHint: true },
    });
    expect(client.getInstructions()).toContain('`health`');
  });

  it('tells the health as a report', async () => {
    const { text, isError } = await ask(client, 'health');
    expect(isError).toBe(false);
    expect(text).toMatch(/^# Health: [A-Z]+\n/);
  });

  it('tells where a request waits', async () => {
    await vi.waitFor(async () => {
      const { text } = await ask(client, 'requests');
      expect(text).toMatch(/^1 request in flight:/);
      expect(text).toMatch(/GET \/hang\/:id.*waits in waitForEver \(\S*program\.mjs:\d+\)/);
    });
  });

  it('tells what the program waits for', async () => {
    await vi.waitFor(async () => {
      const { text } = await ask(client, 'tasks', { limit: 50 });
      expect(text).toMatch(/^\d+ tasks? in \d+ groups?/);
      expect(text).toContain('waitForEver');
    });
    const [first, second, more] = (await ask(client, 'tasks', { limit: 1 })).text.split('\n');
    expect(first).toContain('potentially stuck');
    expect(second).toContain(' × ');
    expect(more).toMatch(/^\d+ more groups?\.$/);
  });

  it('tells who holds memory, and takes a CPU profile', async () => {
    expect((await ask(client, 'allocations')).text).toContain('Live, by stack');
    const profile = await ask(client, 'cpu_profile', { seconds: 1 });
    expect(profile.text).toContain('Functions, by time of their own');
  });

  it('keeps a moment and compares', async () => {
    expect((await ask(client, 'captures')).text).toBe('Nothing is captured.');
    const name = { name: 'before' };
    const taken = await vi.waitFor(async () => {
      const answer = await ask(client, 'capture', name);
      expect(answer).toMatchObject({ isError: false });
      return answer;
    });
    expect(taken.text).toMatch(/^before: /);
    expect((await ask(client, 'captures')).text).toBe(taken.text);
    const compared = await vi.waitFor(async () => {
      const answer = await ask(client, 'compare', { base: 'before' });
      expect(answer).toMatchObject({ isError: false });
      return answer;
    });
    expect(compared.text).toContain('Tasks that grew:');
  });

  it('keeps every answer short', async () => {
    for (const tool of ['health', 'tasks', 'requests', 'allocations']) {
      const { text } = await ask(client, tool, tool === 'health' ? {} : { limit: 50 });
      expect(text.length).toBeLessThan(SHORT_CHARACTERS);
    }
  });

  it('says what went wrong with the code of the API', async () => {
    expect(await ask(client, 'tasks', { target: 'nobody' })).toMatchObject({
      isError: true,
      text: expect.stringMatching(/^NOT_FOUND: /),
    });
    expect(await ask(client, 'compare', { base: 'nothing' })).toMatchObject({
      isError: true,
      text: expect.stringMatching(/^NOT_FOUND: .*"nothing"/),
    });
    expect((await ask(client, 'targets')).text).toMatch(/^self: NODE, ANSWERING/);
  });

  it.each([
    ['tasks', { limit: 0 }, 'limit is 0, allowed is a whole number from 1 to 50'],
    ['tasks', { exact: 'yes' }, 'exact is "yes", allowed is true or false'],
    ['allocations', { by: 'size' }, 'by is "size", allowed is live or total'],
    ['capture', {}, 'name is missing, allowed is a text'],
    ['health', { size: 1 }, 'there is no argument size; allowed are: target'],
  ])('refuses %s with %j', async (tool, args, message) => {
    expect(await ask(client, tool, args)).toEqual({
      isError: true,
      text: `INVALID_INPUT: ${message}`,
    });
  });

  it('has no other tool', async () => {
    await expect(client.callTool({ name: 'reboot', arguments: {} })).rejects.toThrow(
      'there is no tool reboot',
    );
  });

  it('says that nothing is there', async () => {
    const other = await connect('--url', 'http://127.0.0.1:9/');
    expect(await ask(other, 'health')).toMatchObject({
      isError: true,
      text: expect.stringMatching(/^UNREACHABLE: cannot reach http:\/\/127\.0\.0\.1:9\//),
    });
    await other.close();
  });
});

describe('the command pprofql mcp', () => {
  it('prints nothing but the protocol, and ends with its client', async () => {
    await using command = new Program([CLI, 'mcp']);
    command.write(JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'ping' }));
    expect(JSON.parse(await command.nextLine())).toEqual({ jsonrpc: '2.0', id: 1, result: {} });
    expect(await command.end()).toMatchObject({ code: 0, stderr: '' });
  });

  it('says in one line what to install where the SDK is missing', async () => {
    await using command = new Program(['--import', WITHOUT_SDK, CLI, 'mcp']);
    expect(await command.ended).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringMatching(
        /^pprofql: the MCP server needs @modelcontextprotocol\/sdk, which is not installed: .*\n$/,
      ),
    });
  });

  it.each([[['--port', '1']], [['--url', 'nonsense']]])('refuses %j', async (args) => {
    await using command = new Program([CLI, 'mcp', ...args]);
    expect(await command.ended).toMatchObject({ code: 2, stdout: '' });
  });
});
