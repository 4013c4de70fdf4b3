/** `import … from 'pprofql'` */
export type { CategoryRule } from './base/category-rule.ts';
export { DiagnosticsError, ERROR_CODES, type ErrorCode } from './base/errors.ts';
export type { DiagnosticsOptions } from './base/options/options.ts';
export type { RouteOf } from './base/options/route-of.ts';
export { EXAMPLE_GATEWAY_RULES } from './go-dump/groups/categories.ts';
export {
  createDiagnosticsHandler,
  type DiagnosticsHandler,
  type HandlerOptions,
} from './handler.ts';
export { type RunningDiagnostics, startDiagnostics } from './start.ts';
