import { expect, it } from 'vitest';
import { DiagnosticsRequestError, DiagnosticsUnreachableError } from '../errors/errors.ts';
import { fromSocketFailure, SocketFailure } from './socket-failure.ts';

const URL = 'http://127.0.0.1:6060/graphql';
const errorOf = (problem: unknown) => fromSocketFailure(new SocketFailure(problem), URL);

it.each([
  [4401, 'UNAUTHENTICATED: The token is wrong.', 'UNAUTHENTICATED', 'The token is wrong.'],
  [4403, 'Forbidden', 'UNAUTHENTICATED', 'the WebSocket was closed with 4403 Forbidden'],
  [4400, 'Bad request', 'BAD_REQUEST', 'the WebSocket was closed with 4400 Bad request'],
  [1009, '', 'LIMIT_EXCEEDED', 'the WebSocket was closed with 1009'],
])('takes close code %d (%j) for a refusal', (code, reason, expectedCode, message) => {
  const error = errorOf({ code, reason });
  expect(error).toBeInstanceOf(DiagnosticsRequestError);
  expect(error).toMatchObject({ code: expectedCode, message, status: null });
});

it.each([1001, 1005, 1006, 1011, 1012, 1013, 4408, 4499])(
  'takes close code %d for a lost connection',
  (code) => {
    expect(errorOf({ code, reason: '' })).toBeInstanceOf(DiagnosticsUnreachableError);
  },
);

it('takes an error event for a lost connection, with what it says and why', () => {
  const cause = new Error('connect ECONNREFUSED');
  const error = errorOf({ message: 'non-101 status code', error: cause });
  expect(error).toBeInstanceOf(DiagnosticsUnreachableError);
  expect(error).toMatchObject({ message: `cannot reach ${URL}: non-101 status code`, cause });
});
