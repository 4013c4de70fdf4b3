/**
 * The API as a pair of handlers for any node:http server: GraphQL over HTTP, server-sent events and
 * WebSocket, GraphiQL, the dashboard, and plain GETs of profiles and health. Every request passes the same gates in the same order.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { TargetedDiagnostics } from '../targets/target.ts';
import {
  type Access,
  checkFetchSite,
  checkOrigin,
  checkTarget,
  checkToken,
  isOriginAllowed,
} from './gates/access.ts';
import { allowOrigin, isPreflight, sendPreflight } from './gates/cors.ts';
import { DEFAULT_LIMITS, type ServerLimits } from './gates/limits.ts';
import { type Refusal, refuseUpgrade, sendRefusal } from './gates/refusal.ts';
import { type Route, routeOf } from './gates/route.ts';
import type { Section } from './gates/section.ts';
import type { Graphql } from './graphql/graphql.ts';
import { createLoad } from './load/load.ts';
import { findDashboard, sendDashboard } from './pages/dashboard.ts';
import { createGraphiqlPage, isPageRequest } from './pages/graphiql/page.ts';
import { createHealthReport } from './pages/health-report.ts';
import { createMetrics } from './pages/metrics.ts';
import { createStaticFiles } from './pages/static-files.ts';
import { createDevPprof } from './pprof/dev-pprof.ts';
import { createDebugPprof } from './pprof/section.ts';
import { type Log, logUnexpected, withoutRepeats } from './unexpected.ts';

const GRAPHQL_PATH = '/graphql';

const STOPPED: Refusal = {
  status: 503,
  code: 'STOPPED',
  message: 'The diagnostics were stopped.',
};

const UNEXPECTED: Refusal = {
  status: 500,
  code: 'INTERNAL_SERVER_ERROR',
  message: 'Unexpected error; the log has the details.',
};

/** What is loaded for the first who asks for it. */
export interface LateModules {
  graphql(): Promise<typeof import('./graphql/graphql.ts')>;
  /** 45 MB and a tenth of a second that only people who open GraphiQL should pay. */
  graphiql(): Promise<typeof import('@graphql-yoga/render-graphiql')>;
}

const IMPORTED: LateModules = {
  graphql: () => import('./graphql/graphql.ts'),
  graphiql: () => import('@graphql-yoga/render-graphiql'),
};

export interface ApiOptions {
  /** What resolvers read. */
  diagnostics: TargetedDiagnostics;
  /** Who may ask. */
  access: Access;
  /** Path below which everything is served, such as `/debug/pprofql`. @default '' */
  basePath?: string;
  /** Told once about each unexpected error, whose details callers never see. @default nothing is logged */
  log?: Log;
  /**
   * Runs what loads the server. Where that is on the observed thread, it makes more tasks than many a
   * program has, which would crowd those out. @default as it is
   */
  leaveOut?: <T>(work: () => T) => T;
  /** The thread is the program's own, to which half of the time is left. @default false */
  isGuest?: boolean;
  /** @default imports them */
  modules?: LateModules;
  /** @default DEFAULT_LIMITS */
  limits?: Partial<ServerLimits>;
  /** Folder of the built dashboard; null serves a page that points to GraphiQL. @default findDashboard() */
  dashboardDir?: string | null;
}

export interface Api {
  /** Answers a request. Never throws. Paths that are not below `basePath` get 404. */
  handle(req: IncomingMessage, res: ServerResponse): void;
  /**
   * Answers an `upgrade` event. Never throws.
   * @returns false, the socket untouched, where the path is not this API's: another handler's turn.
   */
  handleUpgrade(req: IncomingMessage, socket: Duplex, head: Buffer): boolean;
  /** Ends sockets and streams; the server itself is the caller's. Idempotent. */
  stop(): Promise<void>;
}

/** True for an upgrade that is meant for an API mounted at this path. */
export function ownsUpgrade(req: IncomingMessage, basePath: string): boolean {
  return routeOf(req, basePath)?.path === GRAPHQL_PATH;
}

export function createApi(options: ApiOptions): Api {
  const { diagnostics, access, leaveOut = (work) => work(), modules = IMPORTED } = options;
  const log = withoutRepeats(options.log ?? (() => {}));
  const basePath = (options.basePath ?? '').replace(/\/+$/, '');
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const folder = options.dashboardDir === undefined ? findDashboard() : options.dashboardDir;
  const sendFile = folder === null ? null : createStaticFiles(folder);
  const sendGraphiql = createGraphiqlPage({
    hasToken: access.token !== null,
    load: modules.graphiql,
  });
  const load = createLoad(limits, { isGuest: options.isGuest ?? false });
  const sections: readonly Section[] = [
    createDebugPprof({ diagnostics, access, limits, load }),
    createDevPprof({ diagnostics, access, load }),
    createHealthReport({ diagnostics, access, load }),
    createMetrics({ diagnostics, access, load }),
  ];

  let loading: Promise<Graphql> | undefined;
  /** Most of what the server weighs: a program that nobody looks at does not carry it. */
  function graphql(): Promise<Graphql> {
    loading ??= leaveOut(() =>
      modules
        .graphql()
        .then(({ createGraphql }) => createGraphql({ diagnostics, access, limits, load, log })),
    );
    return loading;
  }

  async function answerGraphql(req: IncomingMessage, res: ServerResponse, route: Route) {
    if (isPageRequest(req)) {
      return sendGraphiql(res, route.mountPath + GRAPHQL_PATH);
    }
    if (req.method !== 'GET' && req.method !== 'POST') {
      return sendRefusal(res, {
        status: 405,
        code: 'BAD_REQUEST',
        message: 'GraphQL is answered over GET and POST.',
        headers: { allow: 'GET, POST' },
      });
    }
    const refusal = checkFetchSite(req.headers, access) ?? checkToken([req.headers], access);
    if (refusal !== null) return sendRefusal(res, refusal);
    const { overHttp } = await graphql();
    return overHttp.handle(req, res);
  }

  let stopping: Promise<void> | undefined;

  /** What every request must pass, whatever it asks for. */
  const checkEntry = (req: IncomingMessage) =>
    checkTarget(req) ??
    checkOrigin(req.headers, access) ??
    (stopping === undefined ? null : STOPPED);

  /** A page of another origin, which has passed the check: an allowed one. */
  const isForeign = ({ headers }: IncomingMessage) =>
    headers.origin !== undefined && isOriginAllowed(headers.origin, access);

  const sectionOf = (route: Route | null) =>
    sections.find((section) => route !== null && section.owns(route.path));

  async function answer(req: IncomingMessage, res: ServerResponse): Promise<void> {
    load.readers.of(req, res);
    load.readers.shed();
    const route = routeOf(req, basePath);
    const section = sectionOf(route);
    allowOrigin(req, res, access);
    const refusal = checkEntry(req);
    if (refusal !== null) return sendRefusal(res, refusal, section?.refusalFormat);
    if (route === null) {
      return sendRefusal(res, {
        status: 404,
        code: 'NOT_FOUND',
        message: 'There is nothing here.',
      });
    }
    if (isPreflight(req) && isForeign(req)) return sendPreflight(req, res);
    if (section !== undefined) return section.answer(req, res, route);
    if (route.path === GRAPHQL_PATH) return answerGraphql(req, res, route);
    if (route.path === '') {
      // Without the slash, the page's own links would miss the mount path.
      res.writeHead(308, { location: `${route.mountPath}/` }).end();
      return;
    }
    // The page's first question follows at once; if loading fails, that one will say so.
    graphql().catch(() => {});
    return sendDashboard(req, res, { sendFile, urlPath: route.path });
  }

  function upgrade(req: IncomingMessage, socket: Duplex, head: Buffer): void {
    // Nobody else listens to it until GraphQL is loaded.
    socket.once('error', () => socket.destroy());
    graphql()
      .then(({ overSocket }) => overSocket.accept(req, socket, head))
      .catch((error: unknown) => {
        logUnexpected(error, log);
        socket.destroy();
      });
  }

  function fail(error: unknown, req: IncomingMessage, res: ServerResponse): void {
    // A client that went away while it was answered is no defect.
    if (res.closed || res.destroyed) return;
    logUnexpected(error, log);
    if (res.headersSent) res.destroy();
    else sendRefusal(res, UNEXPECTED, sectionOf(routeOf(req, basePath))?.refusalFormat);
  }

  return {
    handle(req, res) {
      answer(req, res).catch((error: unknown) => fail(error, req, res));
    },
    handleUpgrade(req, socket, head) {
      if (!ownsUpgrade(req, basePath)) return false;
      const refusal = checkEntry(req);
      if (refusal === null) upgrade(req, socket, head);
      else refuseUpgrade(socket, refusal);
      return true;
    },
    stop() {
      for (const section of sections) section.stop();
      stopping ??= Promise.resolve(loading).then(
        (loaded) => loaded?.stop(),
        () => {},
      );
      return stopping;
    },
  };
}
