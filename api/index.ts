/** `import … from 'pprofql'` */
export type { CategoryRule } from './analyzers/async-groups.ts';
export { EXAMPLE_GATEWAY_RULES } from './analyzers/go-categories.ts';
export { DiagnosticsError, ERROR_CODES, type ErrorCode } from './errors.ts';
export {
  createDiagnosticsHandler,
  type DiagnosticsHandler,
  type HandlerOptions,
} from './handler.ts';
export type { DiagnosticsOptions } from './options.ts';
export type { RouteOf } from './probe/told-route.ts';
export { type RunningDiagnostics, startDiagnostics } from './start.ts';
