/** A process that answers one line with the time one analysis took. */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

export interface Answer {
  durationNs: number;
  rows: number;
}

export interface Analyzer {
  /** One request at a time. */
  ask(request: string): Promise<Answer>;
  stop(): void;
}

export function startAnalyzer(program: string, args: readonly string[]): Analyzer {
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    async ask(request) {
      child.stdin.write(`${request}\n`);
      const { value, done } = await lines.next();
      if (done) throw new Error(`${program} ended without an answer to ${request}`);
      const [durationNs = Number.NaN, rows = Number.NaN] = value.split(' ').map(Number);
      return { durationNs, rows };
    },
    stop() {
      child.stdin.end();
    },
  };
}
