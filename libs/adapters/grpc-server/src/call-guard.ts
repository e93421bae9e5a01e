import { createHash, timingSafeEqual } from 'node:crypto';
import {
  type Metadata,
  ResponderBuilder,
  ServerInterceptingCall,
  type ServerInterceptingCallInterface,
  type ServerInterceptor,
  ServerListenerBuilder,
  status,
} from '@grpc/grpc-js';
import { requestAdmitted, requestCame } from '@clarion/connections';
import { isForAnybody } from './receiving';

/** A call of which only the metadata was read. */
export interface AskedCall {
  /** `/clarion.v1.ImageService/GetImage`. */
  readonly path: string;
  readonly metadata: Metadata;
  /** Address and port of the caller. */
  readonly peer: string;
}

/** A status that a call is answered with. */
export type CallRejection = Parameters<ServerInterceptingCallInterface['sendStatus']>[0];

/** The error for a call that is not allowed; undefined if it is allowed. Does not throw. */
export type CallGuard = (call: AskedCall) => CallRejection | undefined | Promise<CallRejection | undefined>;

/** Probes have no token. */
const unguarded = '/grpc.health.v1.Health/';

/**
 * Rejects calls that `guard` does not allow before any of their messages is read, and reports the connections of
 * allowed calls.
 */
export function guardInterceptor(guard: CallGuard): ServerInterceptor {
  return ({ path }, call) => {
    requestCame(call.getConnectionInfo());
    if (path.startsWith(unguarded)) return new ServerInterceptingCall(call);
    let over: (() => void) | undefined;
    let cancelled = false;
    const listener = new ServerListenerBuilder()
      .withOnReceiveMetadata((metadata, next) => {
        void (async () => {
          const rejection = await guard({ path, metadata, peer: call.getPeer() });
          if (cancelled) return;
          if (rejection === undefined) {
            if (!isForAnybody(path)) over = requestAdmitted(call.getConnectionInfo());
            next(metadata);
          } else call.sendStatus(rejection);
        })();
      })
      // Called at the end of every call.
      .withOnCancel(() => {
        cancelled = true;
        over?.();
        over = undefined;
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

/** Allows calls with this bearer token. Compares in constant time. */
export function bearerGuard(token: string): CallGuard {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  const expected = digest(token);
  const rejection = { code: status.UNAUTHENTICATED, details: 'Not authenticated', metadata: null };
  return ({ metadata }) => {
    const [authorization] = metadata.get('authorization');
    const given = /^Bearer (.+)$/i.exec(typeof authorization === 'string' ? authorization : '')?.[1];
    const isRight = timingSafeEqual(digest(given ?? ''), expected) && given !== undefined;
    return isRight ? undefined : rejection;
  };
}
