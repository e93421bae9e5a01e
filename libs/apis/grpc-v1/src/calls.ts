import { once } from 'node:events';
import { setImmediate as turn } from 'node:timers/promises';
import type {
  handleClientStreamingCall,
  handleServerStreamingCall,
  handleUnaryCall,
  Metadata,
  ServerReadableStream,
  ServerWritableStream,
  StatusObject,
} from '@grpc/grpc-js';
import {
  allows,
  AuthenticationError,
  type Authenticator,
  type CallerAddress,
  callerAddress,
  callerOf,
  type Principal,
  type Role,
} from '@clarion/authentication';
import { CallerShares, type ShareLimits } from '@clarion/connections';
import type { Log } from '@clarion/model';
import { ForbiddenError, isUnforeseen, statusOfError, StoppingError, TooManyStreams } from './errors';

/** The dependencies of every call besides its use case. */
export interface CallOptions {
  readonly authenticator: Authenticator;
  readonly log: Log;
  /** Aborted when the server stops: endless streams end then. */
  readonly stopping: AbortSignal;
  /** Addresses or networks of proxies whose `x-forwarded-for` or `forwarded` is trusted; none by default. */
  readonly trustedProxies?: readonly string[];
  /** Concurrent response streams: of one caller (default 100), and in all (default 1000). */
  readonly listeners?: Partial<ShareLimits>;
  /** For metrics. */
  readonly onAuthenticationFailure?: (method: AuthenticationError['method']) => void;
}

interface Call {
  readonly metadata: Metadata;
  once(event: 'cancelled', listener: () => void): unknown;
  readonly cancelled: boolean;
}

/** A call whose metadata alone was read, as passed to a guard of grpc-server. */
interface AskedCall {
  readonly path: string;
  readonly metadata: Metadata;
  readonly peer: string;
}

/** Makes handlers of a role that check the caller, end with the call, and report errors with their details. */
export function callsOf(options: CallOptions) {
  const addressOf = callerAddress(options.trustedProxies);
  const callers: Callers = new WeakMap();
  const admitted = (call: Call, role: Role): Promise<AdmittedCall> => admit(call, role, callers);
  const listening = new CallerShares({ ofCaller: 100, inAll: 1000, ...options.listeners });
  return {
    /** Authenticates the caller before a message is read. Returns the status of a rejection, or undefined. */
    async guard({ path, metadata, peer }: AskedCall): Promise<StatusObject | undefined> {
      // Reflection only describes public definitions.
      if (path.startsWith('/grpc.')) return undefined;
      try {
        callers.set(metadata, await whoCalls(metadata, peer, { ...options, addressOf }));
        return undefined;
      } catch (error) {
        if (isUnforeseen(error)) options.log.error('A gRPC call failed', { error });
        return statusOfError(error);
      }
    },

    /** One request, one response. `signal` aborts when the caller disconnects or its deadline has passed. */
    unary<Q, A>(role: Role, handle: (request: Q, admitted: AdmittedCall) => Promise<A>): handleUnaryCall<Q, A> {
      return (call, callback) => {
        admitted(call, role)
          .then((caller) => handle(call.request, caller))
          .then(
            (answer) => {
              callback(null, answer);
            },
            (error: unknown) => {
              callback(asStatus(error, call, options.log));
            },
          );
      };
    },

    /** One request, then responses until the end, no faster than the caller reads them. */
    serverStream<Q, A>(
      role: Role,
      handle: (request: Q, signal: AbortSignal) => AsyncIterable<A>,
    ): handleServerStreamingCall<Q, A> {
      return (call) => {
        admitted(call, role)
          .then(({ caller, signal: gone }) =>
            whileListening(listening, caller, () =>
              writeAll(call, (signal) => handle(call.request, signal), { gone, ...options }),
            ),
          )
          .then(
            () => {
              call.end();
            },
            (error: unknown) => {
              call.emit('error', asStatus(error, call, options.log));
            },
          );
      };
    },

    /** Requests until the caller ends them, then one response. Reads no faster than the requests are processed. */
    clientStream<Q, A>(
      role: Role,
      handle: (requests: AsyncIterable<Q>, admitted: AdmittedCall) => Promise<A>,
    ): handleClientStreamingCall<Q, A> {
      return (call, callback) => {
        admitted(call, role)
          .then((caller) => handle(untilEnd(call), caller))
          .then(
            (answer) => {
              callback(null, answer);
            },
            (error: unknown) => {
              callback(asStatus(error, call, options.log));
            },
          );
      };
    },
  };
}

/** The callers of admitted calls. */
type Callers = WeakMap<Metadata, Caller>;

interface Caller {
  readonly principal: Principal;
  /** Identifies the caller (`callerOf`). */
  readonly caller: string;
}

/** An admitted call. */
export interface AdmittedCall extends Pick<Caller, 'caller'> {
  /** Name of the caller (`Principal.name`). */
  readonly callerName: string;
  /** Whether the caller also has the permissions of another role. */
  readonly mayAlso: (role: Role) => boolean;
  /** Aborts with the call. */
  readonly signal: AbortSignal;
}

interface Asking extends CallOptions {
  readonly addressOf: CallerAddress;
}

async function whoCalls(metadata: Metadata, peer: string, options: Asking): Promise<Caller> {
  const [authorization] = metadata.get('authorization');
  const valueOf = (name: string): string | undefined => metadata.get(name).join(',') || undefined;
  const headers = { xForwardedFor: valueOf('x-forwarded-for'), forwarded: valueOf('forwarded') };
  const address = options.addressOf(peer.replace(/:\d+$/, ''), headers);
  try {
    const given = typeof authorization === 'string' ? authorization : undefined;
    const principal = await options.authenticator.authenticate(given, address);
    return { principal, caller: callerOf(principal, address) };
  } catch (error) {
    if (error instanceof AuthenticationError) options.onAuthenticationFailure?.(error.method);
    throw error;
  }
}

/** Resolves for an authenticated caller with the required role. */
async function admit(call: Call, role: Role, callers: Callers): Promise<AdmittedCall> {
  const gone = new AbortController();
  call.once('cancelled', () => {
    gone.abort(new Error('The caller went away'));
  });
  const known = callers.get(call.metadata);
  if (known === undefined) throw new AuthenticationError('none', 'The call passed no guard');
  if (!allows(known.principal.role, role)) throw new ForbiddenError(role);
  if (call.cancelled) gone.abort(new Error('The caller went away'));
  const { principal, caller } = known;
  const mayAlso = (other: Role): boolean => allows(principal.role, other);
  return Promise.resolve({ caller, callerName: principal.name, mayAlso, signal: gone.signal });
}

/** The status of an error; an unforeseen one is logged, unless the caller just disconnected. */
function asStatus(error: unknown, call: Call, log: Log): ReturnType<typeof statusOfError> & Error {
  if (isUnforeseen(error) && !call.cancelled) log.error('A gRPC call failed', { error });
  const sent = statusOfError(error);
  return Object.assign(new Error(sent.details), sent);
}

/** Throws `TooManyStreams` where the caller, or all callers together, have reached the limit. */
async function whileListening(listening: CallerShares, caller: string, write: () => Promise<void>): Promise<void> {
  const taken = listening.take(caller);
  if (taken !== 'taken') throw new TooManyStreams(taken === 'share-used' ? 'This caller has' : 'There are');
  await write().finally(() => {
    listening.give(caller);
  });
}

interface Ending {
  readonly gone: AbortSignal;
  readonly stopping: AbortSignal;
}

async function writeAll<A>(
  call: ServerWritableStream<unknown, A>,
  answers: (signal: AbortSignal) => AsyncIterable<A>,
  { gone, stopping }: Ending,
): Promise<void> {
  const signal = AbortSignal.any([gone, stopping]);
  for await (const answer of answers(signal)) {
    if (signal.aborted) break;
    if (!call.write(answer)) await once(call, 'drain', { signal }).catch(() => undefined);
  }
  if (stopping.aborted) throw new StoppingError();
}

/** The requests of a stream. A stream of a caller that vanished looks as if it had ended; then this throws. */
async function* untilEnd<Q>(call: ServerReadableStream<Q, unknown>): AsyncGenerator<Q> {
  for await (const request of call as AsyncIterable<Q>) yield request;
  // A reset of the stream is reported only after its end.
  await turn();
  if (call.cancelled) throw new Error('The caller went away');
}
