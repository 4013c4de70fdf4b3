/** `pprofql mcp [--url URL] [--token TOKEN]`: tools for language models, over the standard streams. */
import { parseArgs } from 'node:util';
import { createDiagnosticsClient, type DiagnosticsClient } from '../../client/index.ts';
import { createMcpServer } from '../../client/mcp/server.ts';

const USAGE = `Usage: pprofql mcp [--url URL] [--token TOKEN]
An MCP server on the standard streams: health, tasks, requests, memory, CPU profiles and captures of a
running program as tools for language models. Needs @modelcontextprotocol/sdk beside pprofql.
  --url    where that program's pprofql is; http://127.0.0.1:6060/ unless PPROFQL_PORT says otherwise
  --token  its token; PPROFQL_TOKEN keeps it out of the list of processes`;

const EXIT_FAILED = 1;
const EXIT_USAGE = 2;
const DEFAULT_PORT = '6060';

const SDK = '@modelcontextprotocol/sdk';
const NO_SDK = `the MCP server needs ${SDK}, which is not installed: npm install ${SDK}, or npx -y -p pprofql -p ${SDK} pprofql mcp`;

/** Nothing but the protocol goes to stdout. @returns the exit code; null where the server runs on */
export async function runMcp(args: readonly string[], version: string): Promise<number | null> {
  const request = parse(args);
  if (request === null) {
    console.error(USAGE);
    return EXIT_USAGE;
  }
  let client: DiagnosticsClient;
  try {
    client = createDiagnosticsClient(request);
  } catch (error) {
    console.error(`pprofql: ${(error as Error).message}`);
    return EXIT_USAGE;
  }
  try {
    const server = await createMcpServer({ client, version });
    const { StdioServerTransport } = await import('@modelcontextprotocol/sdk/server/stdio.js');
    await server.connect(new StdioServerTransport());
    // Whoever started it has gone: what is under way is given up.
    process.stdin.once('end', () => void server.close().finally(() => client.dispose()));
    return null;
  } catch (error) {
    console.error(`pprofql: ${isSdkMissing(error) ? NO_SDK : (error as Error).message}`);
    return EXIT_FAILED;
  }
}

function parse(args: readonly string[]): { url: string; token?: string } | null {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: { url: { type: 'string' }, token: { type: 'string' } },
    });
    const port = process.env.PPROFQL_PORT || DEFAULT_PORT;
    const token = values.token ?? (process.env.PPROFQL_TOKEN || undefined);
    return { url: values.url ?? `http://127.0.0.1:${port}/`, token };
  } catch {
    return null;
  }
}

function isSdkMissing(error: unknown): boolean {
  const { code, message } = error as NodeJS.ErrnoException;
  return code === 'ERR_MODULE_NOT_FOUND' && message.includes(SDK);
}
