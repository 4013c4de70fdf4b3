import { expect, it } from 'vitest';
import { isLoginAddress, webPageIn } from './web-page.ts';

it.each([
  ['<!DOCTYPE html><title>Sign in · Gate</title>', null, 'a login page (“Sign in · Gate”)'],
  ['<html><form><input type="password"></form></html>', null, 'a login page'],
  ['<p>Please authenticate', 'text/html; charset=utf-8', 'a login page'],
  ['\n<html><title>It works</title></html>', null, 'a web page (“It works”)'],
  ['goroutine 1 [running]:\nmain.login()\n', 'text/plain', null],
  ['', null, null],
])('tells what %j is', (body, contentType, what) => {
  expect(webPageIn(Buffer.from(body), contentType)).toBe(what);
});

it.each([
  ['https://sso.example.com/start', true],
  ['https://example.com/sign-in?next=%2F', true],
  ['https://example.com/debug/pprof/', false],
])('tells whether %s is a login', (address, isLogin) => {
  expect(isLoginAddress(new URL(address))).toBe(isLogin);
});
