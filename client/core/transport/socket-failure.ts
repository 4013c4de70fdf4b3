/** Why a WebSocket ended, in the terms of `errors.ts`. */
import {
  type DiagnosticsClientError,
  DiagnosticsRequestError,
  DiagnosticsUnreachableError,
} from '../errors/errors.ts';

/** Close codes by which a server says no. Every other one means that the connection was lost. */
const REFUSALS: Readonly<Record<number, string>> = {
  1002: 'BAD_REQUEST',
  1003: 'BAD_REQUEST',
  1008: 'LIMIT_EXCEEDED',
  1009: 'LIMIT_EXCEEDED',
  4004: 'BAD_RESPONSE',
  4400: 'BAD_REQUEST',
  4401: 'UNAUTHENTICATED',
  4403: 'UNAUTHENTICATED',
  4406: 'BAD_REQUEST',
  4409: 'BAD_REQUEST',
  4429: 'LIMIT_EXCEEDED',
  4500: 'INTERNAL_SERVER_ERROR',
};

/** What this client itself closes with, in order to begin anew. */
const TERMINATED = 4499;

/** True where a WebSocket ended for want of a connection: nobody refused it, or gave it up. */
export function isLost(event: unknown): boolean {
  const { code } = event as Partial<CloseEvent>;
  return code !== TERMINATED && (code === undefined || !(code in REFUSALS));
}

/** A WebSocket that did not open, or closed with subscriptions still on it. */
export class SocketFailure extends Error {
  readonly closeCode: number | null;
  readonly reason: string;

  constructor(problem: unknown) {
    const { code, reason, message, error } = problem as Partial<CloseEvent & ErrorEvent>;
    const closeCode = typeof code === 'number' ? code : null;
    super(describe(closeCode, reason, message), { cause: error ?? problem });
    this.name = 'SocketFailure';
    this.closeCode = closeCode;
    this.reason = reason ?? '';
  }
}

function describe(closeCode: number | null, reason?: string, message?: string): string {
  if (closeCode === null) return message || 'the WebSocket did not open';
  return `the WebSocket was closed with ${closeCode}${reason ? ` ${reason}` : ''}`;
}

/** The server's close reasons read `UNAUTHENTICATED: The token is wrong.` */
const CODED_REASON = /^(?<code>[A-Z_]+): (?<message>.+)$/;

export function fromSocketFailure(failure: SocketFailure, url: string): DiagnosticsClientError {
  const { cause, closeCode } = failure;
  const refusal = closeCode === null ? undefined : REFUSALS[closeCode];
  if (refusal === undefined)
    return new DiagnosticsUnreachableError(url, failure.message, { cause });
  const stated = CODED_REASON.exec(failure.reason)?.groups;
  const code = stated?.code ?? refusal;
  const message = stated?.message ?? failure.message;
  const errors = [{ message, path: null, code }];
  return new DiagnosticsRequestError({ url, message, code, errors, cause });
}
