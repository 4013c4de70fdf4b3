/** What one server answers at most. Each limit has its own clear refusal; none ends the process. */
export interface ServerLimits {
  /** Bytes of an HTTP body, and of one WebSocket message. @default 65_536 */
  messageBytes: number;
  /** Lexical tokens of a document. @default 8_000 */
  documentTokens: number;
  /** Levels of nested fields; the introspection query of GraphiQL has 15. @default 20 */
  documentDepth: number;
  /** Aliased fields, fragments expanded. @default 50 */
  documentAliases: number;
  /** Fields in total, fragments expanded. @default 4_000 */
  documentFields: number;
  /** Fields of one name in the answer: validation compares all of these in pairs. @default 250 */
  documentRepeats: number;
  /** WebSocket connections at a time. @default 1_024 */
  sockets: number;
  /** Those of them that have not logged in; the oldest makes room for a new one. @default 256 */
  socketsBeforeLogin: number;
  /** For a WebSocket to log in; a fifth of it while many wait to do so. @default 5_000 */
  loginTimeoutMs: number;
  /** Operations under way on one WebSocket. @default 100 */
  operationsPerSocket: number;
  /** Server-sent-event streams at a time. @default 1_024 */
  eventStreams: number;
  /** Requests below `/debug/pprof` under way at a time. @default 16 */
  profileRequests: number;
  /** Bytes waiting for a WebSocket client that sends but does not read, before it is cut off. @default 33_554_432 */
  socketBacklogBytes: number;
}

export const DEFAULT_LIMITS: ServerLimits = {
  messageBytes: 64 * 1024,
  documentTokens: 8_000,
  documentDepth: 20,
  documentAliases: 50,
  documentFields: 4_000,
  documentRepeats: 250,
  sockets: 1_024,
  socketsBeforeLogin: 256,
  loginTimeoutMs: 5_000,
  operationsPerSocket: 100,
  eventStreams: 1_024,
  profileRequests: 16,
  socketBacklogBytes: 32 * 1024 * 1024,
};
