/** Live memory as Chrome's `.heapprofile`, which DevTools and editors open as a flame chart. */
import { type Profile, sampleTypeIndex } from '../../profile/profile.ts';
import { type CallFrame, callFrameOf, ROOT_CALL_FRAME } from './call-frame.ts';

/** A node of the call tree, in the words of the DevTools protocol. */
export interface SamplingHeapProfileNode {
  id: number;
  callFrame: CallFrame;
  /** Live bytes that the function allocated itself. */
  selfSize: number;
  children: SamplingHeapProfileNode[];
}

export interface SamplingHeapProfile {
  head: SamplingHeapProfileNode;
  /** Single allocations in time, which a sampler that sums them up does not have. */
  samples: never[];
}

/** The JSON nests as deep as the calls, which neither we nor its readers follow without end. */
const DEEPEST = 1_000;

/**
 * Of a stack that is too deep the outermost functions stay.
 * @param profile with live bytes (`inuse_space`)
 */
export function heapprofile(profile: Profile): SamplingHeapProfile {
  const bytesIndex = sampleTypeIndex(profile, 'inuse_space');
  const root: TreeNode = { callFrame: ROOT_CALL_FRAME, selfSize: 0, children: new Map() };
  const callFrames = profile.frames.map(callFrameOf);
  for (const { stack, values } of profile.samples) {
    const bytes = Math.round(values[bytesIndex] ?? 0);
    if (bytes <= 0) continue;
    let node = root;
    const innermost = Math.max(0, stack.length - DEEPEST);
    for (let depth = stack.length - 1; depth >= innermost; depth--) {
      node = childOf(node, stack[depth]!, callFrames);
    }
    node.selfSize += bytes;
  }
  let lastId = 0;
  const number = ({ callFrame, selfSize, children }: TreeNode): SamplingHeapProfileNode => ({
    id: ++lastId,
    callFrame,
    selfSize,
    children: [...children.values()].map(number),
  });
  return { head: number(root), samples: [] };
}

interface TreeNode {
  callFrame: CallFrame;
  selfSize: number;
  /** By frame index. */
  children: Map<number, TreeNode>;
}

function childOf(node: TreeNode, frame: number, callFrames: readonly CallFrame[]): TreeNode {
  let child = node.children.get(frame);
  if (child === undefined) {
    child = { callFrame: callFrames[frame]!, selfSize: 0, children: new Map() };
    node.children.set(frame, child);
  }
  return child;
}
