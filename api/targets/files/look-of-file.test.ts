import { describe, expect, it } from 'vitest';
import { lookOf } from './look-of-file.ts';

const hex = (text: string) => Buffer.from(text, 'hex');
const text = (content: string) => Buffer.from(content);

describe('lookOf', () => {
  it.each<[string, Uint8Array]>([
    ['an empty file', text('')],
    ['a file of blanks', text(' \n\n')],
    ['a PNG picture', hex('89504e470d0a1a0a')],
    ['a JPEG picture', hex('ffd8ffe000104a464946')],
    ['a PDF document', text('%PDF-1.7\n')],
    ['a ZIP archive; unpack it first', hex('504b0304140000')],
    ['a program or a core dump', hex('7f454c46020101')],
    [
      'an HTML page, perhaps an error or a login; check where it came from',
      text('\n<!DOCTYPE html>'),
    ],
    ['an XML or HTML page', text('<?xml version="1.0"?>')],
    ['a heap snapshot (not readable yet)', text('{"snapshot":{"meta":{"node_fields":[')],
    ['a trace of Chrome (not readable yet)', text('{"traceEvents":[')],
    ['a JSON file, but no profile and no report', text('{"name":"shop"}')],
    ['a script', text('#!/bin/sh\necho')],
    [
      "a report of Go's race detector, which names the two lines itself",
      text('=====\nWARNING: DATA RACE\nWrite at 0x1 by goroutine 7:\n'),
    ],
    ['a text without goroutines in it', text('hello\nworld\n')],
    ['a text without goroutines in it', text('Grüße aus Köln\n')],
    ['binary data of no kind that is known', hex('f3a1c2d4e5060708090a0b0c')],
    [
      'a goroutine profile without the states of goroutines (debug=1); fetch it with debug=2',
      text('goroutine profile: total 3\n'),
    ],
  ])('sees %s', (words, bytes) => {
    expect(lookOf(bytes)).toBe(words);
  });
});
