import { expect, it } from 'vitest';
import { stateOf } from './states.ts';

it('knows no state of a type that is called as what every object has', () => {
  expect(stateOf('Timeout')).toBe('timer');
  expect(stateOf('constructor')).toBe(stateOf('PBKDF2REQUEST'));
});
