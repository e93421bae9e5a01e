import { requestAdmitted, CallerShares, type ShareLimits } from '@clarion/connections';
import type { Log } from '@clarion/model';
import type { Express, Request, Response } from 'express';
import { answerRequest } from './answer-request';
import type { ErrorRenderer } from './error-renderer';
import type { AuthenticatedCaller, HttpAuthenticator } from './http-authenticator';
import { HttpError } from './http-error';
import { createIdempotency, type IdempotentCalls, type IdempotencyOptions } from './idempotency';
import { createJsonKeeping, type KeepJson } from './json-keeping';
import { createRateLimit, type RateLimit, type TakeRequests } from './rate-limit';
import { type BodyLimits, defaultBodyLimits } from './read-body';
import { localsOf } from './request-locals';
import type { AnyHttpRoute } from './route';
import { sendAnswer } from './send-answer';
import { sendError } from './send-error';

/** The limits of an API for each caller. Everything is counted in this process. */
export interface HttpApiLimits {
  readonly bodies?: Partial<BodyLimits>;
  readonly rate?: Partial<RateLimit>;
  /** Streams of events that are open at the same time: of one caller (default 100), and in total (default 1000). */
  readonly listeners?: Partial<ShareLimits>;
  /**
   * Characters of answers that were not read yet: of one caller (default 32 Mi), and of all callers (default 128 Mi).
   */
  readonly unread?: Partial<ShareLimits>;
  /** Keep-alives on event streams; default every 15 s. */
  readonly heartbeatMillis?: number;
}

export interface HttpApiOptions<Services, Access> extends HttpApiLimits {
  /** The prefix of the paths of all routes: `/api/v1`, or empty. */
  readonly base: string;
  /** Unknown paths below these prefixes are answered in the form of this API; `base` unless stated. */
  readonly prefixes?: readonly string[];
  readonly routes: readonly AnyHttpRoute<Services, Access>[];
  /** The services that the routes use. */
  readonly services: Services;
  readonly authenticator: HttpAuthenticator<Access>;
  readonly renderError: ErrorRenderer;
  /** Maximum number of errors of a request that `InvalidMembers` names; 10 unless stated. */
  readonly mostErrors?: number;
  /** Whether answers other than events are compressed (`codings`) for callers that accept it; no unless stated. */
  readonly compressed?: boolean;
  /** `ETag` names a state, not bytes: it is sent as the route sets it, also with compressed bodies. */
  readonly tagsNameStates?: boolean;
  /**
   * Name of a trailer: answers with a body are sent in chunks, and an error after the first one is in the trailer. The
   * body then ends early.
   */
  readonly errorTrailer?: string;
  /** When set, `Idempotency-Key` on POST repeats answers. */
  readonly idempotency?: IdempotencyOptions;
  /** Mounts pages and documents, which are not calls and need no authentication. */
  readonly mountPages?: (app: Express) => void;
}

/** What an application provides to its APIs. */
export interface MountOptions {
  readonly log: Log;
  readonly onRoute?: (request: { readonly method: string; readonly route: string }) => void;
}

/** An API, to be mounted by `createHttpApplication`. */
export interface HttpApi {
  readonly prefixes: readonly string[];
  readonly renderError: ErrorRenderer;
  mount(app: Express, options: MountOptions): void;
}

/**
 * Builds an API from its routes. A request is processed in this order: authentication, authorisation, the rate limit of
 * the caller, then parameters, query and body against their schemas, and only then the route's handler.
 */
export function createHttpApi<Services, Access>(options: HttpApiOptions<Services, Access>): HttpApi {
  const { base, renderError, prefixes = [base] } = options;
  return {
    prefixes,
    renderError,
    mount(app, mounting) {
      options.mountPages?.(app);
      mountRoutes(app, options, mounting);
      mountOtherMethods(app, options, mounting);
    },
  };
}

/** Some answers of the largest images that are not sent from a file, and thousands of others. */
const unreadLimits: ShareLimits = { ofCaller: 32 * 1024 ** 2, inAll: 128 * 1024 ** 2 };

/** Counters for the requests of all callers of one API. */
interface Counters {
  readonly limit: TakeRequests;
  readonly keepJson: KeepJson;
  readonly listeners: CallerShares;
  readonly unread: CallerShares;
  readonly idempotency: IdempotentCalls | undefined;
}

function createCounters<S, A>({ rate, listeners, unread, idempotency }: HttpApiOptions<S, A>): Counters {
  const limit = createRateLimit({ perSecond: 50, burst: 200, ...rate });
  return {
    limit,
    keepJson: createJsonKeeping(limit),
    listeners: new CallerShares({ ofCaller: 100, inAll: 1000, ...listeners }),
    unread: new CallerShares({ ...unreadLimits, ...unread }),
    idempotency: idempotency === undefined ? undefined : createIdempotency(idempotency),
  };
}

function mountRoutes<S, A>(app: Express, options: HttpApiOptions<S, A>, mounting: MountOptions): void {
  const counters = createCounters(options);
  const { stallMillis, requestMillis } = { ...defaultBodyLimits, ...options.bodies };
  // Nobody may send for longer after an error than without one.
  const restMillis = Math.min(stallMillis, requestMillis);
  const failing = { log: mounting.log, renderError: options.renderError, restMillis };
  for (const route of options.routes) {
    const path = `${options.base}${route.path}`;
    app[route.method](expressPath(path), async (request: Request, response: Response) => {
      localsOf(response).route = path;
      mounting.onRoute?.({ method: request.method, route: path });
      try {
        await answer(request, response, { route, options, counters });
      } catch (error) {
        sendError(response, error, failing);
      }
    });
  }
}

interface Found<S, A> {
  readonly route: AnyHttpRoute<S, A>;
  readonly options: HttpApiOptions<S, A>;
  readonly counters: Counters;
}

async function answer<S, A>(request: Request, response: Response, found: Found<S, A>): Promise<void> {
  const { route, options, counters } = found;
  const caller = await admit(request, response, found);
  counters.limit(caller.key);
  const { kept, release } = counters.keepJson(caller.key);
  response.once('close', release);
  const limits = { ...defaultBodyLimits, ...options.bodies, onKept: kept, mostErrors: options.mostErrors };
  const { services } = options;
  const { idempotency, unread } = counters;
  const answered = await answerRequest(request, { route, services, response, caller, limits, idempotency });
  const { heartbeatMillis = 15_000, compressed = false, tagsNameStates = false, errorTrailer } = options;
  const form = { compressed, tagsNameStates, errorTrailer };
  const sending = { heartbeatMillis, stallMillis: limits.stallMillis, unread, caller: caller.key, ...form };
  const send = (): Promise<void> => sendAnswer(response, answered, sending);
  await ('events' in answered ? listen(counters.listeners, caller.key, send) : send());
}

/** The caller, if it may make this request. Runs before anything else of the request is read. */
async function admit<S, A>(
  request: Request,
  response: Response,
  { route, options }: Found<S, A>,
): Promise<AuthenticatedCaller<A>> {
  const locals = localsOf(response);
  const caller = await options.authenticator.authenticate(request.headers, locals.address);
  locals.callerName = caller.name;
  response.once('close', requestAdmitted(request.socket));
  caller.authorize(route.access);
  return caller;
}

/** Sends a stream of events, unless the caller or all callers already have the maximum. */
async function listen(listeners: CallerShares, caller: string, send: () => Promise<void>): Promise<void> {
  const taken = listeners.take(caller);
  if (taken !== 'taken') {
    const what = taken === 'share-used' ? 'This caller listens to too many streams' : 'Too many callers listen';
    throw new HttpError('too-many-requests', what, { 'retry-after': '10' });
  }
  await send().finally(() => {
    listeners.give(caller);
  });
}

/** `/images/{digest}` as Express writes it. */
function expressPath(path: string): string {
  return path.replace(/\{(\w+)\}/g, ':$1');
}

/** A known path, requested with a method that it does not support. */
function mountOtherMethods<S, A>(app: Express, options: HttpApiOptions<S, A>, { log }: MountOptions): void {
  const { base, routes, renderError } = options;
  for (const path of new Set(routes.map((route) => route.path))) {
    const methods = routes.filter((route) => route.path === path).map(({ method }) => method.toUpperCase());
    const allow = [...methods, ...(methods.includes('GET') ? ['HEAD'] : [])].join(', ');
    app.all(expressPath(`${base}${path}`), (_request: Request, response: Response) => {
      const error = new HttpError('method-not-allowed', `Allowed are ${allow}`, { allow });
      sendError(response, error, { log, renderError });
    });
  }
}
