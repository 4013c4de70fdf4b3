/** The tasks of a capture, as anybody may have written them. */
import type { SpanCount } from '../../../../analyzers/tasks/types.ts';
import type { Observation } from '../../../../diagnostics/answers/observation.ts';
import { frame, frames } from '../../../../diagnostics/black-box/record/read.ts';
import {
  aNumber,
  aText,
  aTruth,
  listOf,
  oneOf,
  orAbsent,
  orNull,
  recordOf,
} from '../../../../diagnostics/black-box/record/shape.ts';
import type { Capture } from '../../../../diagnostics/captures/capture.ts';
import type { IdentifiedGroup } from '../../../../diagnostics/tasks.ts';
import type { Via } from '../../../../link/via.ts';
import type { InstrumentationReading } from '../../../../probe/readings/instrumentation.ts';

const MOST_GROUPS = 20_000;
const VIAS: readonly Via[] = ['DIRECT', 'PORT', 'INSPECTOR', 'HTTP', 'FILE', 'LAST_KNOWN'];

export const observation = recordOf<Observation>({ via: oneOf(VIAS), measuredAtMs: aNumber });

export const instrumentation = recordOf<InstrumentationReading>({
  enabled: aTruth,
  disabledReason: orNull(aText),
  overheadPercent: aNumber,
  overheadBudgetPercent: aNumber,
  samplingRate: aNumber,
  dutyCycle: aNumber,
  blindMs: aNumber,
  records: aNumber,
  recordsLimit: aNumber,
  seen: aNumber,
  sampledOut: aNumber,
  dropped: aNumber,
  exactReadPauseMs: orNull(aNumber),
});

/** What Go alone prints of a group is not kept: an instance is a process of Node. */
const group = recordOf<IdentifiedGroup>({
  id: aText,
  stackId: aText,
  count: aNumber,
  sampled: aNumber,
  state: aText,
  oldestWaitMs: orNull(aNumber),
  medianWaitMs: orNull(aNumber),
  newestWaitMs: orNull(aNumber),
  topFrame: orNull(frame),
  culprit: orNull(frame),
  frames,
  stackKind: oneOf(['WAITS', 'CREATED']),
  category: oneOf(['BACKGROUND', 'PER_REQUEST', 'UNKNOWN']),
  categoryReason: aText,
  routes: listOf(recordOf({ route: aText, count: aNumber })),
  spans: orAbsent(listOf(recordOf<SpanCount>({ traceId: aText, spanId: aText, count: aNumber }))),
  oldestRequestMs: orNull(aNumber),
  outlivedRequest: orNull(aNumber),
  refed: orNull(aNumber),
  stuckCount: aNumber,
  stuckReason: orNull(aText),
  longWaitingCount: aNumber,
});

export const tasks = recordOf<Capture['tasks']>({
  observation,
  total: aNumber,
  groups: listOf(group, MOST_GROUPS),
  instrumentation,
});
