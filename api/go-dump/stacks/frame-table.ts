/**
 * The different frames of a dump, found by the bytes of their two lines. Most frames of a large dump
 * repeat, so this is where its time is spent: for one that was seen before no string is made.
 */
import { HashIndex, NONE } from '../../base/numbers/hash-index.ts';
import { NumberList } from '../../base/numbers/number-list.ts';
import type { Frame } from '../../profile/profile.ts';
import { endOfArguments, endOfCreator, endOfPlace, NO_MATCH } from '../text/line-ends.ts';
import { FrameHeads, type HeadPlaces, hashOf, type Readable, readable } from './frame-heads.ts';
import { FrameReader } from './frame-reader.ts';
import type { PlainCall } from './plain-call.ts';

/** How the first line goes on behind its head. */
export const SHAPE = {
  /** Not known yet: the frame has only been seen in lines that Go would not print. */
  UNKNOWN: 0,
  /** With arguments, behind the parenthesis. */
  CALL: 1,
  /** With nothing or the number of a goroutine, in the place of the parenthesis. */
  CREATOR: 2,
} as const;

export type Shape = (typeof SHAPE)[keyof typeof SHAPE];

export class FrameTable {
  /** By number, those that somebody has asked for. */
  readonly #frames: Frame[] = [];
  readonly #heads = new FrameHeads();
  readonly #reader = new FrameReader();
  /** The bytes that frames are looked for in. */
  #source: Readable = readable(Buffer.alloc(0));
  // Lists of numbers by frame, and no object for each: a dump may have a hundred thousand frames.
  readonly #functionStarts = new NumberList();
  readonly #placeStarts = new NumberList();
  readonly #placeEnds = new NumberList();
  readonly #shapes = new NumberList();
  /** Frames by the bytes of their heads. */
  readonly #index = new HashIndex();

  /** Looks for frames in these bytes from now on; a newline ends the part that may be read. */
  lookIn(bytes: Buffer): void {
    this.#source = readable(bytes);
  }

  get size(): number {
    return this.#shapes.length;
  }

  /** Makes frames that are asked for from now on cheap, at the cost of a text of all of them. */
  prepareFrames(): void {
    this.#reader.prepare(this.#heads.store.bytes, this.#heads.used);
  }

  /** The same object for the same number. */
  frame(number: number): Frame {
    let frame = this.#frames[number];
    if (frame === undefined) {
      frame = this.read(number);
      this.#frames[number] = frame;
    }
    return frame;
  }

  /** The same as an object that nobody keeps. */
  read(number: number): Frame {
    return this.#reader.read(this.#heads.store.bytes, this.#placesOf(number));
  }

  /** Where the two lines of this frame end, if they start at `from`; the byte before `limit` is a newline. */
  match(frame: number, from: number, limit: number): number {
    const heads = this.#heads;
    const source = this.#source;
    const shape = this.#shapes.at(frame);
    if (shape === SHAPE.UNKNOWN) return NO_MATCH;
    const isCall = shape === SHAPE.CALL;
    const placeStart = this.#placeStarts.at(frame);
    const functionEnd = isCall ? placeStart : placeStart - 1;
    let at = heads.match(source, from, this.#functionStarts.at(frame), functionEnd);
    if (at === NO_MATCH) return NO_MATCH;
    at = isCall ? endOfArguments(source.bytes, at) : endOfCreator(source.bytes, at);
    if (at === NO_MATCH || at >= limit) return NO_MATCH;
    at = heads.match(source, at, placeStart, this.#placeEnds.at(frame));
    return at === NO_MATCH ? NO_MATCH : endOfPlace(source.bytes, at);
  }

  /** The frame of a call in the bytes; equal frames share one number. */
  internCall(call: PlainCall): number {
    const source = this.#source;
    const heads = this.#heads;
    const hash = hashOf(source, call);
    const known = this.#find(source, call, hash);
    if (known !== NONE) {
      this.learn(known, SHAPE.CALL);
      return known;
    }
    const functionStart = heads.append(source.bytes, call.functionStart, call.functionEnd);
    const placeStart = heads.append(source.bytes, call.placeStart, call.placeEnd);
    return this.#add(functionStart, placeStart, hash, SHAPE.CALL);
  }

  /** The frame with these texts, one character a byte; equal frames share one number. */
  intern(functionName: string, file: string, line: number): number {
    const heads = this.#heads;
    const functionStart = heads.appendText(`${functionName}(`);
    const placeStart = heads.appendText(`\t${file}:${line}`);
    const places = { functionStart, functionEnd: placeStart, placeStart, placeEnd: heads.used };
    const hash = hashOf(heads.store, places);
    const known = this.#find(heads.store, places, hash);
    if (known !== NONE) {
      heads.used = functionStart;
      return known;
    }
    return this.#add(functionStart, placeStart, hash, SHAPE.UNKNOWN);
  }

  /** The frame of another table that has this number there. */
  adopt(other: FrameTable, frame: number): number {
    const source = other.#heads.store;
    const places = other.#placesOf(frame);
    const hash = hashOf(source, places);
    const known = this.#find(source, places, hash);
    if (known !== NONE) return known;
    const heads = this.#heads;
    const functionStart = heads.append(source.bytes, places.functionStart, places.functionEnd);
    const placeStart = heads.append(source.bytes, places.placeStart, places.placeEnd);
    return this.#add(functionStart, placeStart, hash, other.#shapes.at(frame));
  }

  /** Notes how the first line of a frame goes on; what was learned first stays. */
  learn(frame: number, shape: Shape): void {
    if (this.#shapes.at(frame) === SHAPE.UNKNOWN) this.#shapes.set(frame, shape);
  }

  #find(source: Readable, places: HeadPlaces, hash: number): number {
    const index = this.#index;
    let frame = index.first(hash);
    while (frame !== NONE && !this.#hasHeads(frame, source, places)) frame = index.next();
    return frame;
  }

  #hasHeads(frame: number, source: Readable, places: HeadPlaces): boolean {
    const heads = this.#heads;
    const placeStart = this.#placeStarts.at(frame);
    return (
      heads.match(source, places.functionStart, this.#functionStarts.at(frame), placeStart) ===
        places.functionEnd &&
      heads.match(source, places.placeStart, placeStart, this.#placeEnds.at(frame)) ===
        places.placeEnd
    );
  }

  #placesOf(frame: number): HeadPlaces {
    const placeStart = this.#placeStarts.at(frame);
    return {
      functionStart: this.#functionStarts.at(frame),
      functionEnd: placeStart,
      placeStart,
      placeEnd: this.#placeEnds.at(frame),
    };
  }

  /** Adds the frame whose heads are the last ones. */
  #add(functionStart: number, placeStart: number, hash: number, shape: number): number {
    this.#functionStarts.push(functionStart);
    this.#placeStarts.push(placeStart);
    this.#placeEnds.push(this.#heads.used);
    this.#shapes.push(shape);
    return this.#index.add(hash);
  }
}
