import { ClarionError } from '@clarion/model';
import express, { type Express, type NextFunction, type Request, type RequestHandler, type Response } from 'express';
import helmet from 'helmet';
import type { ErrorRenderer } from './error-renderer';
import type { HttpApi } from './http-api';
import { HttpError } from './http-error';
import { observeRequest, type ObserveOptions } from './observe-request';
import { sendError } from './send-error';

export interface HttpApplicationOptions extends ObserveOptions {
  readonly apis: readonly HttpApi[];
  /** Renders errors for addresses that belong to no API. */
  readonly renderError: ErrorRenderer;
  /** A request was matched to its route; called while its trace is active. */
  readonly onRoute?: (request: { readonly method: string; readonly route: string }) => void;
}

/**
 * An application with several APIs, for a server of `createHttpServer`. Every request gets an id, a log line and
 * headers that keep browsers from interpreting the answer; each API renders its own errors.
 */
export function createHttpApplication(options: HttpApplicationOptions): Express {
  const { apis, log, onRoute } = options;
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.set('query parser', 'simple');
  app.set('case sensitive routing', true);
  app.use(securityHeaders());
  app.use(observeRequest(options));
  for (const api of apis) api.mount(app, { log, ...(onRoute === undefined ? {} : { onRoute }) });
  const fail = (error: unknown, { path }: Request, response: Response): void => {
    const owner = apis.find(({ prefixes }) => prefixes.some((prefix) => isBelow(path, prefix)));
    sendError(response, error, { log, renderError: owner?.renderError ?? options.renderError });
  };
  app.use((request: Request, response: Response) => {
    fail(new HttpError('no-such-call', `There is nothing at ${request.path.slice(0, 200)}`), request, response);
  });
  // Express knows by the four parameters that a function is for errors: here those of addresses that cannot be decoded.
  // eslint-disable-next-line max-params, @typescript-eslint/no-unused-vars
  app.use((error: unknown, request: Request, response: Response, _next: NextFunction) => {
    const unreadable = error instanceof URIError || (error as { status?: unknown }).status === 400;
    fail(unreadable ? new ClarionError('invalid-input', 'The address cannot be decoded') : error, request, response);
  });
  return app;
}

function isBelow(path: string, prefix: string): boolean {
  return path === prefix || path.startsWith(`${prefix}/`);
}

/** Answers are data for programs: they are never rendered, framed or cached. */
function securityHeaders(): RequestHandler {
  return helmet({
    contentSecurityPolicy: { useDefaults: false, directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] } },
    // Whether TLS ends here is unknown here.
    strictTransportSecurity: false,
    referrerPolicy: { policy: 'no-referrer' },
    xFrameOptions: { action: 'deny' },
  });
}
