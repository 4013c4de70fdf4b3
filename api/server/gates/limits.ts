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
  /** Operations of all clients that are executed at a time. @default 8 */
  operationsAtOnce: number;
  /** Operations that have waited for long, such as for a CPU profile, and let others run meanwhile. @default 64 */
  slowOperations: number;
  /** Bytes of the operations that wait for their turn, each counted with 4 kB more. @default 8_388_608 */
  waitingBytes: number;
  /** Subscriptions of all clients at a time. @default 1_024 */
  subscriptions: number;
  /** Server-sent-event streams at a time. @default 1_024 */
  eventStreams: number;
  /** Requests below `/debug/pprof` under way at a time. @default 16 */
  profileRequests: number;
  /** Bytes waiting for a WebSocket client that sends but does not read, before it is cut off. @default 33_554_432 */
  socketBacklogBytes: number;
  /** Bytes that a client may leave unread before its next operation begins. @default 1_048_576 */
  unreadBytesPerCaller: number;
  /** Bytes that all clients together may leave unread, before those that leave most are cut off. @default 67_108_864 */
  unreadBytes: number;
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
  operationsAtOnce: 8,
  slowOperations: 64,
  waitingBytes: 8 * 1024 * 1024,
  subscriptions: 1_024,
  eventStreams: 1_024,
  profileRequests: 16,
  socketBacklogBytes: 32 * 1024 * 1024,
  unreadBytesPerCaller: 1024 * 1024,
  unreadBytes: 64 * 1024 * 1024,
};
