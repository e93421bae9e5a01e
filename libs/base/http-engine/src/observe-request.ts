import { randomUUID } from 'node:crypto';
import { callerAddress } from '@clarion/authentication';
import type { Log } from '@clarion/model';
import type { RequestHandler, Response } from 'express';
import { localsOf } from './request-locals';

/** One answered request, for logs and counters: with the route and without the address. */
export interface FinishedRequest {
  readonly method: string;
  /** `/api/v1/images/{digest}`; `unknown` without a route. */
  readonly route: string;
  readonly status: number;
  readonly seconds: number;
  /** `code` of the error that was answered, if any. */
  readonly code?: string;
}

export interface ObserveOptions {
  readonly log: Log;
  /** Addresses or networks of proxies whose `X-Forwarded-For` or `Forwarded` is trusted; none unless stated. */
  readonly trustedProxies?: readonly string[];
  readonly onRequest?: (request: FinishedRequest) => void;
}

const requestIdPattern = /^[\w.:-]{1,128}$/;

/** Sets the id and the caller's address of every request, and writes its log line when it is over. */
export function observeRequest(options: ObserveOptions): RequestHandler {
  const addressOf = callerAddress(options.trustedProxies);
  return (request, response, next) => {
    const { 'x-forwarded-for': xForwardedFor, forwarded, 'x-request-id': id } = request.headers;
    const headers = { xForwardedFor: xForwardedFor?.toString(), forwarded };
    const requestId = typeof id === 'string' && requestIdPattern.test(id) ? id : randomUUID();
    const address = addressOf(request.socket.remoteAddress ?? '', headers);
    Object.assign(localsOf(response), { requestId, address });
    response.set('x-request-id', requestId);
    const started = process.hrtime.bigint();
    response.on('close', () => {
      finished(response, Number(process.hrtime.bigint() - started) / 1e9, options);
    });
    next();
  };
}

function finished(response: Response, seconds: number, { log, onRequest }: ObserveOptions): void {
  const { requestId, address, route = 'unknown', callerName, code } = localsOf(response);
  const { statusCode: status } = response;
  const { method } = response.req;
  log.info('Request', {
    method,
    route,
    status,
    bytes: Number(response.get('content-length') ?? 0),
    millis: Math.round(seconds * 1000),
    remote: address,
    request_id: requestId,
    ...(callerName === undefined ? {} : { caller: callerName }),
    ...(code === undefined ? {} : { code }),
    ...(response.writableFinished ? {} : { aborted: true }),
  });
  onRequest?.({ method, route, status, seconds, ...(code === undefined ? {} : { code }) });
}
