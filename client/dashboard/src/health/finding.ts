/** From best to worst; `unknown` means that the page cannot know at the moment. */
export type Severity = 'fine' | 'unknown' | 'warning' | 'critical';

export interface Finding {
  severity: Severity;
  /** One sentence without a full stop. */
  sentence: string;
  /** Where the page shows why: query parameters of the page, such as `view=tasks`. */
  evidence: Record<string, string>;
}
