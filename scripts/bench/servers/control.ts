/** The server's end of the channel: commands by name, each answered with plain data. */

export interface Call {
  id: number;
  command: string;
  argument: unknown;
}

export interface Reply {
  id: number;
  result: unknown;
}

export interface CpuReading {
  /** Of the main thread. */
  threadUs: number;
  /** Of all threads, the sidecar's included. */
  processUs: number;
}

type Command = (argument: never) => unknown;

/** Answers until the parent is gone, and then ends the process. */
export function answerCommands(commands: Readonly<Record<string, Command>>): void {
  const all: Readonly<Record<string, Command>> = { readCpu, ...commands };
  process.on('message', async ({ id, command, argument }: Call) => {
    const result = await all[command]!(argument as never);
    process.send!({ id, result } satisfies Reply);
  });
  process.on('disconnect', () => process.exit());
}

function readCpu(): CpuReading {
  const thread = process.threadCpuUsage();
  const all = process.cpuUsage();
  return { threadUs: thread.user + thread.system, processUs: all.user + all.system };
}
