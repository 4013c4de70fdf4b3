/** Who the observed process is. */
import type { ProcessReading } from '../probe/readings/process.ts';

/** Facts about an observed process; null where its runtime cannot give one. */
export type ProcessFacts = {
  [Fact in keyof Omit<ProcessReading, 'failedParts' | 'entryFile'>]: ProcessReading[Fact] | null;
} & Pick<ProcessReading, 'instanceId' | 'title'> & {
    /** Such as `go1.26.1`; absent where it is no Go process, or unknown. */
    goVersion?: string;
    /** The service that it is one of, as it was told; absent where nobody has. */
    serviceName?: string;
    /** Which one of it; absent where nobody has told. */
    serviceInstanceId?: string;
    /** The folder of the program, to which shown paths are relative; absent where unknown. */
    programRoot?: string;
  };
