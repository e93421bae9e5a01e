import { randomUUID } from 'node:crypto';
import { allows, AuthenticationError, callerAddress, callerOf, type Principal } from '@clarion/authentication';
import { CallerShares, requestAdmitted, type ShareLimits } from '@clarion/connections';
import { ClarionError } from '@clarion/model';
import express, { type Express, type NextFunction, type Request, type Response } from 'express';
import helmet from 'helmet';
import { answerRequest, sendAnswer, sendProblem } from './answer';
import { defaultBodyLimits } from './body';
import { mountDocs } from './docs-page';
import { createIdempotency } from './idempotency';
import { createJsonKeeping } from './json-keeping';
import { apiBase, openApiDocument } from './openapi';
import { HttpProblem, problemOf } from './problem';
import { mountRoot } from './root-page';
import { createRateLimit } from './rate-limit';
import type { AnyRoute } from './route';
import { routes } from './routes';
import type { RestApiOptions } from './rest-api-options';

/** The REST face: an Express application. Mount it on a server of `createHttpServer`. */
export function createRestApi(options: RestApiOptions): Express {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.set('query parser', 'simple');
  app.set('case sensitive routing', true);
  app.use(securityHeaders());
  const addressOf = callerAddress(options.trustedProxies);
  app.use((request, response, next) => {
    const { 'x-forwarded-for': xForwardedFor, forwarded } = request.headers;
    const headers = { xForwardedFor: xForwardedFor?.toString(), forwarded };
    response.locals['remote'] = addressOf(request.socket.remoteAddress ?? '', headers);
    observe(request, response, options);
    next();
  });
  const document = JSON.stringify(openApiDocument(options.version));
  app.get('/openapi.json', (_request, response) => {
    response.type('json').send(document);
  });
  mountDocs(app);
  mountRoot(app, options.version, options.entrances ?? {});
  mountRoutes(app, options);
  app.use((request: Request, response: Response) => {
    sendProblem(response, problemOf(notFound(request), requestIdOf(response)));
  });
  // Express tells by four parameters that a function is for errors: here those of addresses that cannot be decoded.
  // eslint-disable-next-line max-params, @typescript-eslint/no-unused-vars
  app.use((error: unknown, _request: Request, response: Response, _next: NextFunction) => {
    const unreadable = error instanceof URIError || (error as { status?: unknown }).status === 400;
    fail(unreadable ? new ClarionError('invalid-input', 'The address cannot be decoded') : error, response, options);
  });
  return app;
}

/** Answers are data for programs: nothing in them is ever rendered, framed or kept. */
function securityHeaders(): express.RequestHandler {
  return helmet({
    contentSecurityPolicy: { useDefaults: false, directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] } },
    // Whether TLS ends here is not known here.
    strictTransportSecurity: false,
    referrerPolicy: { policy: 'no-referrer' },
    xFrameOptions: { action: 'deny' },
  });
}

const requestIdPattern = /^[\w.:-]{1,128}$/;

function requestIdOf(response: Response): string {
  return (response.locals as { requestId?: string }).requestId ?? '';
}

/** Address of the caller, behind trusted proxies. */
function remoteOf(response: Response): string {
  return (response.locals as { remote?: string }).remote ?? '';
}

/** Gives the request its id, and writes the access line when it is over. */
function observe(request: Request, response: Response, { log, onRequest }: RestApiOptions): void {
  const given = request.get('x-request-id');
  const requestId = given !== undefined && requestIdPattern.test(given) ? given : randomUUID();
  response.locals['requestId'] = requestId;
  response.set('x-request-id', requestId);
  const started = process.hrtime.bigint();
  response.on('close', () => {
    const seconds = Number(process.hrtime.bigint() - started) / 1e9;
    const {
      route = 'unknown',
      principal,
      code,
    } = response.locals as {
      route?: string;
      principal?: Principal;
      code?: string;
    };
    const { statusCode: status } = response;
    const bytes = Number(response.get('content-length') ?? 0);
    log.info('Request', {
      method: request.method,
      route,
      status,
      bytes,
      millis: Math.round(seconds * 1000),
      remote: remoteOf(response),
      request_id: requestId,
      ...(principal === undefined ? {} : { caller: principal.name }),
      ...(code === undefined ? {} : { code }),
      ...(response.writableFinished ? {} : { aborted: true }),
    });
    onRequest?.({ method: request.method, route, status, seconds, ...(code === undefined ? {} : { code }) });
  });
}

/** Some answers of the largest images that are not sent from a file, and thousands of others. */
const unreadLimits: ShareLimits = { ofCaller: 32 * 1024 ** 2, inAll: 128 * 1024 ** 2 };

function mountRoutes(app: Express, options: RestApiOptions): void {
  const limit = createRateLimit({ perSecond: 50, burst: 200, ...options.rate });
  const idempotency = createIdempotency();
  const keepJson = createJsonKeeping(limit);
  const listening = new CallerShares({ ofCaller: 100, inAll: 1000, ...options.listeners });
  const unread = new CallerShares({ ...unreadLimits, ...options.unread });
  const { heartbeatMillis = 15_000 } = options;
  for (const route of routes) {
    const path = `${apiBase}${route.path}`;
    app[route.method](expressPath(path), async (request: Request, response: Response) => {
      response.locals['route'] = path;
      options.onRoute?.({ method: request.method, route: path });
      try {
        const principal = await admitted(request, { route, response, options });
        const caller = callerOf(principal, remoteOf(response));
        limit(caller);
        const { kept, release } = keepJson(caller);
        response.once('close', release);
        const limits = { ...defaultBodyLimits, ...options.bodies, onKept: kept };
        const answering = { route, response, principal, caller, options, limits, idempotency };
        const answer = await answerRequest(request, answering);
        const sending = { heartbeatMillis, stallMillis: limits.stallMillis, unread, caller };
        if (!('events' in answer)) await sendAnswer(response, answer, sending);
        else await listen(listening, caller, () => sendAnswer(response, answer, sending));
      } catch (error) {
        fail(error, response, options);
      }
    });
  }
  mountOtherMethods(app);
}

/** Sends a stream of events, unless the caller or all callers have as many as may be. */
async function listen(listening: CallerShares, caller: string, send: () => Promise<void>): Promise<void> {
  const taken = listening.take(caller);
  if (taken !== 'taken') {
    const what = taken === 'share-used' ? 'This caller listens to too many streams' : 'Too many callers listen';
    throw new HttpProblem('too-many-requests', what, { 'retry-after': '10' });
  }
  await send().finally(() => {
    listening.give(caller);
  });
}

/** `/images/{digest}` as Express writes it. */
function expressPath(path: string): string {
  return path.replace(/\{(\w+)\}/g, ':$1');
}

/** A path that there is, asked with a method that it has not. */
function mountOtherMethods(app: Express): void {
  for (const path of new Set(routes.map((route) => route.path))) {
    const methods = routes.filter((route) => route.path === path).map(({ method }) => method.toUpperCase());
    const allow = [...methods, ...(methods.includes('GET') ? ['HEAD'] : [])].join(', ');
    app.all(expressPath(`${apiBase}${path}`), (_request: Request, response: Response) => {
      const problem = new HttpProblem('method-not-allowed', `Allowed are ${allow}`, { allow });
      sendProblem(response, problemOf(problem, requestIdOf(response)));
    });
  }
}

function notFound({ path }: Request): HttpProblem {
  return new HttpProblem('no-such-call', `There is nothing at ${path.slice(0, 200)}`);
}

interface Asked {
  readonly route: AnyRoute;
  readonly response: Response;
  readonly options: RestApiOptions;
}

/** Who asks, if that caller may ask this. Before anything of the request is looked at. */
async function admitted(request: Request, { route, response, options }: Asked): Promise<Principal> {
  const principal = await options.authenticator
    .authenticate(request.get('authorization'), remoteOf(response))
    .catch((error: unknown) => {
      if (error instanceof AuthenticationError) options.onAuthenticationFailure?.(error.method);
      throw error;
    });
  response.locals['principal'] = principal;
  response.once('close', requestAdmitted(request.socket));
  if (!allows(principal.role, route.role)) throw new HttpProblem('forbidden', `This needs the role ${route.role}`);
  return principal;
}

function fail(error: unknown, response: Response, { log }: RestApiOptions): void {
  const problem = problemOf(error, requestIdOf(response));
  response.locals['code'] = problem.code;
  if (problem.code === 'internal') log.error('A request failed', { error, request_id: requestIdOf(response) });
  sendProblem(response, problem);
}
