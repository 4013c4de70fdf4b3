/** Stands in for the tracker where goroutines are read out of a dump. */
import type { InstrumentationReading } from '../../probe/readings/instrumentation.ts';

export const UNTRACKED: InstrumentationReading = {
  enabled: false,
  disabledReason: 'goroutines are read out of Go’s own dump, which has all of them',
  overheadPercent: 0,
  overheadBudgetPercent: 0,
  samplingRate: 1,
  dutyCycle: 1,
  blindMs: 0,
  records: 0,
  recordsLimit: 0,
  seen: 0,
  sampledOut: 0,
  dropped: 0,
  exactReadPauseMs: null,
};
