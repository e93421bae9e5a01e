import { createHash, timingSafeEqual } from 'node:crypto';
import {
  ResponderBuilder,
  ServerInterceptingCall,
  type ServerInterceptor,
  ServerListenerBuilder,
  status,
} from '@grpc/grpc-js';

/** Whether a call with this value of `authorization` may be made. */
export type CallGuard = (authorization: string | undefined) => boolean;

/** Probes have no token. */
const unguarded = '/grpc.health.v1.Health/';

/** Answers calls that `guard` does not let in with UNAUTHENTICATED, before their handler hears of them. */
export function guardInterceptor(guard: CallGuard): ServerInterceptor {
  return (method, call) => {
    if (method.path.startsWith(unguarded)) return new ServerInterceptingCall(call);
    const listener = new ServerListenerBuilder()
      .withOnReceiveMetadata((metadata, next) => {
        const authorization = metadata.get('authorization')[0];
        if (guard(typeof authorization === 'string' ? authorization : undefined)) next(metadata);
        else call.sendStatus({ code: status.UNAUTHENTICATED, details: 'Not authenticated', metadata: null });
      })
      .build();
    const responder = new ResponderBuilder()
      .withStart((next) => {
        next(listener);
      })
      .build();
    return new ServerInterceptingCall(call, responder);
  };
}

/** Lets in whoever has this bearer token. Takes the same time for every wrong one. */
export function bearerGuard(token: string): CallGuard {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  const wanted = digest(token);
  return (authorization) => {
    const given = /^Bearer (.+)$/i.exec(authorization ?? '')?.[1];
    return timingSafeEqual(digest(given ?? ''), wanted) && given !== undefined;
  };
}
