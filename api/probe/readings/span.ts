/** A span of OpenTelemetry, as others name it. */
export interface SpanIds {
  /** 32 hexadecimal digits: the same for all spans of a trace. */
  traceId: string;
  /** 16 hexadecimal digits. */
  spanId: string;
}
