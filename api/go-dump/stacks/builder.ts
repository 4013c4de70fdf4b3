/**
 * Builds the stack of one goroutine after the other from the lines below its header. Frames that
 * were seen before are recognized in the bytes, others are read as text.
 */
import type { Frame } from '../../profile/profile.ts';
import { NO_MATCH } from '../text/line-ends.ts';
import { trimmed } from '../text/text.ts';
import type { DumpFindings } from '../text/unread-lines.ts';
import {
  functionOf,
  isBeginningOfFrame,
  isLeftOut,
  isPlace,
  OTHER_STACKS,
  placeOf,
  standInOf,
  UNKNOWN_FUNCTION,
} from './frame.ts';
import { FrameTable, SHAPE } from './frame-table.ts';
import { PlainCall } from './plain-call.ts';
import { RECENT, ROOT, StackTree } from './tree.ts';

/** `main.work(0x1) /app/main.go:17 +0x1d`: a frame whose line break was lost. */
const INLINE_FRAME = /\s*(created by .+?|\S.*?\)) (\S+:\d+)(?: \+0x[0-9a-f]+)?(?= |$)/y;

const CREATOR_WORDS = 'created by ';
/** The first function of a program. */
const MAIN = 'main.main';
/** More of them are condensed: what is said of each different stack takes a kilobyte in the end. */
const MOST = { stacks: 60_000, nodes: 1_000_000, frames: 200_000 };
const BEGINNING_OF_CALL = /^[^\s=:]+\.[^\s=:]*$/;

export class StackBuilder {
  readonly #tree = new StackTree();
  readonly #frames = new FrameTable();
  readonly #call = new PlainCall();
  readonly #findings: DumpFindings;
  #bytes: Buffer = Buffer.alloc(0);
  /** Node of the stack as far as it has been read. */
  #stack = ROOT;
  /** A function whose file has not come yet. */
  #pendingFunction: string | null = null;
  /** A blank line has come: what follows belongs to the stack only if it is a whole frame. */
  #isPastBlank = false;

  constructor(findings: DumpFindings) {
    this.#findings = findings;
  }

  /** Begins the next stack. */
  start(): void {
    this.#stack = ROOT;
    this.#pendingFunction = null;
    this.#isPastBlank = false;
  }

  /** Ends the stack and gives its node in the tree. */
  finish(): number {
    this.#commitPending();
    this.#tree.end(this.#stack);
    return this.#stack;
  }

  /** How much of what it may hold it holds; more than 1 is too much. */
  get load(): number {
    const { endCount, nodeCount } = this.#tree;
    const frameCount = this.#frames.size;
    return Math.max(endCount / MOST.stacks, nodeCount / MOST.nodes, frameCount / MOST.frames);
  }

  /** One without stacks that goes on where this one is. */
  successor(): StackBuilder {
    const successor = new StackBuilder(this.#findings);
    successor.lookIn(this.#bytes);
    return successor;
  }

  /** Takes a stack of another one, and gives its node here. */
  adopt(other: StackBuilder, stack: number): number {
    return this.#adopt(other, other.#tree.upwards(stack), ROOT);
  }

  /** Takes frames that several stacks of another one have in common, the first one last. */
  adoptCommon(other: StackBuilder, frames: readonly number[]): number {
    const marker = this.#frames.intern(OTHER_STACKS, '', 0);
    return this.#adopt(other, frames, this.#tree.child(ROOT, marker));
  }

  #adopt(other: StackBuilder, upwards: readonly number[], from: number): number {
    let stack = from;
    for (let at = upwards.length - 1; at >= 0; at--) {
      stack = this.#tree.child(stack, this.#frames.adopt(other.#frames, upwards[at]!));
    }
    this.#tree.end(stack);
    return stack;
  }

  /** Numbers of the frames of a stack, the first one last, in a list that the next call overwrites. */
  framesUpwards(stack: number): readonly number[] {
    return this.#tree.upwards(stack);
  }

  /** A frame by its number. */
  readFrame(number: number): Frame {
    return this.#frames.read(number);
  }

  /** To be called before many stacks are asked for, once there are no more to come. */
  prepareFrames(): void {
    this.#frames.prepareFrames();
  }

  /** Frames of the stack that ends at this node, top frame first; the same array for the same node. */
  framesOf(stack: number): readonly Frame[] {
    return this.#tree.stack(stack, this.#frames);
  }

  /** Whether a line has to follow for the stack to be whole, or the rest of the last one. */
  isIncomplete({ endsMidLine }: { endsMidLine: boolean }): boolean {
    const pendingFunction = this.#pendingFunction;
    if (pendingFunction === null) return this.#stack === ROOT;
    return this.#stack === ROOT || isBeginningOfFrame(trimmed(pendingFunction), endsMidLine);
  }

  /** Looks for frames in these bytes from now on; a newline ends the part that may be read. */
  lookIn(bytes: Buffer): void {
    this.#bytes = bytes;
    this.#frames.lookIn(bytes);
  }

  /** Takes the two lines that start at `from` as a frame and gives where they end; `NO_MATCH` where they need a closer look. */
  match(from: number, limit: number): number {
    if (this.#isPastBlank || this.#pendingFunction !== null) return NO_MATCH;
    const tree = this.#tree;
    const frames = this.#frames;
    const call = this.#call;
    for (let index = 0; index < RECENT; index++) {
      const guess = tree.recentChild(this.#stack, index);
      if (guess === ROOT) break;
      const end = frames.match(tree.frameOf(guess), from, limit);
      if (end === NO_MATCH) continue;
      if (index > 0) tree.remember(this.#stack, guess);
      this.#stack = guess;
      return end;
    }
    if (!call.locate(this.#bytes, from, limit)) return NO_MATCH;
    this.#stack = tree.child(this.#stack, frames.internCall(call));
    return call.end;
  }

  readBlank(): void {
    this.#commitPending();
    this.#isPastBlank = true;
  }

  /** Takes a line; false when it does not belong to the stack, which then is at its end. */
  readLine(line: string): boolean {
    const pendingFunction = this.#pendingFunction;
    if (pendingFunction !== null && isPlace(line)) {
      this.#pendingFunction = null;
      this.#isPastBlank = false;
      this.#addFrame(pendingFunction, line);
      return true;
    }
    // Past a blank line, a function without a file was no frame, and so the stack was at its end.
    if (pendingFunction !== null && this.#isPastBlank) return false;
    this.#commitPending();
    const standIn = standInOf(line);
    if (standIn === null && !this.#mayGoOn(line)) return false;
    if (standIn !== null) this.#push(standIn, '', 0);
    else if (isLeftOut(line)) this.#findings.addSurrounding(line);
    else if (this.#isPastBlank && !functionOf(line).isKnownForm) return false;
    else if (isPlace(line)) {
      this.#findings.addNotUnderstood(line);
      this.#addFrame(UNKNOWN_FUNCTION, line);
    } else this.#pendingFunction = line;
    return true;
  }

  /** Behind what no stack goes on from, words of others are told from frames. */
  #mayGoOn(line: string): boolean {
    if (this.#stack === ROOT) return true;
    const last = this.#frames.frame(this.#tree.frameOf(this.#stack)).function;
    if (last !== MAIN && !last.startsWith(CREATOR_WORDS)) return true;
    const { name, isKnownForm } = functionOf(line);
    if (isKnownForm) return line.startsWith(CREATOR_WORDS) || !/\s/.test(name);
    return isPlace(line) || isLeftOut(line) || (last === MAIN && BEGINNING_OF_CALL.test(line));
  }

  /** Takes frames that stand behind each other on one line. */
  readInline(text: string): void {
    let end = 0;
    INLINE_FRAME.lastIndex = 0;
    for (let match = INLINE_FRAME.exec(text); match !== null; match = INLINE_FRAME.exec(text)) {
      this.#addFrame(match[1]!, match[2]!);
      end = INLINE_FRAME.lastIndex;
    }
    const rest = trimmed(text.slice(end));
    if (rest !== '') this.#findings.addNotUnderstood(rest);
  }

  /** A function that no file follows: cut off, or no function at all. */
  #commitPending(): void {
    const pendingFunction = this.#pendingFunction;
    if (pendingFunction === null) return;
    this.#pendingFunction = null;
    if (this.#isPastBlank) this.#findings.addSurrounding(pendingFunction);
    else if (functionOf(trimmed(pendingFunction)).isKnownForm) {
      this.#findings.isSuspicious = true;
      this.#addFrame(pendingFunction, '');
    } else this.#findings.addNotUnderstood(pendingFunction);
  }

  #addFrame(functionLine: string, placeLine: string): void {
    const { name, isKnownForm } = functionOf(trimmed(functionLine));
    const { file, line, hasLine } = placeOf(placeLine);
    if (!isKnownForm && name !== UNKNOWN_FUNCTION) this.#findings.addNotUnderstood(functionLine);
    if (placeLine !== '' && !hasLine) {
      this.#findings.markBroken();
      this.#findings.addNotUnderstood(placeLine);
    }
    const frame = this.#push(name, file, line);
    const isCall = functionLine.startsWith(`${name}(`);
    const functionHead = isCall ? `${name}(` : name;
    const placeHead = `\t${file}:${line}`;
    if (isKnownForm && functionLine.startsWith(functionHead) && placeLine.startsWith(placeHead)) {
      this.#frames.learn(frame, isCall ? SHAPE.CALL : SHAPE.CREATOR);
    }
  }

  #push(functionName: string, file: string, line: number): number {
    const frame = this.#frames.intern(functionName, file, line);
    this.#stack = this.#tree.child(this.#stack, frame);
    return frame;
  }
}
