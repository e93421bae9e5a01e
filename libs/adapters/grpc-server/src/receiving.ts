import { constants, type ServerHttp2Stream } from 'node:http2';
import {
  type Responder,
  ResponderBuilder,
  ServerInterceptingCall,
  type ServerInterceptingCallInterface,
  type ServerInterceptor,
  ServerListenerBuilder,
  status,
} from '@grpc/grpc-js';
import { RefusedMessage } from './message-bounds';
import { ArrivingBytes, type ArrivingCall, type ArrivingLimits } from './arriving-bytes';

/** What messages may take while they arrive. */
export interface ReceivingLimits extends ArrivingLimits {
  /** Maximum message bytes of an unauthenticated caller. */
  readonly bytesOfAnybody: number;
  /** Longest pause within a message; absent: callers are known. */
  readonly stallMillis?: number | undefined;
  /** Called with the stream of each call. */
  readonly onCall: (stream: ServerHttp2Stream) => void;
}

/** Health checks and reflection: they need no authentication. */
export const isForAnybody = (path: string): boolean => path.startsWith('/grpc.');

/**
 * Limits the memory for incomplete messages and the time without progress. A call that has ended is reset: data that
 * its caller still sends is dropped. `observed` wraps the call first, so that it is notified.
 */
export function receivingInterceptor(limits: ReceivingLimits, observed: ServerInterceptor): ServerInterceptor {
  const arriving = new ArrivingBytes(limits);
  return (method, call) => {
    const most = isForAnybody(method.path) ? limits.bytesOfAnybody : Number.POSITIVE_INFINITY;
    const stream = streamOf(call);
    limits.onCall(stream);
    const reading = new Reading(stream, observed(method, call), { ...limits, arriving, most });
    return new ReadCall(reading);
  };
}

/** The HTTP/2 stream of a call: gRPC reports only complete messages. */
function streamOf(call: ServerInterceptingCallInterface): ServerHttp2Stream {
  const { stream } = call as unknown as { readonly stream?: ServerHttp2Stream };
  if (stream === undefined) throw new Error('This version of @grpc/grpc-js keeps the stream of a call elsewhere');
  return stream;
}

interface ReadingLimits {
  readonly arriving: ArrivingBytes;
  /** Bytes of one message. */
  readonly most: number;
  readonly stallMillis?: number | undefined;
}

/** The call, which reports when a message is expected. */
class ReadCall extends ServerInterceptingCall {
  readonly #reading: Reading;

  constructor(reading: Reading) {
    super(reading.call, reading.responder());
    this.#reading = reading;
  }

  override startRead(): void {
    this.#reading.waits();
    super.startRead();
  }
}

class Reading implements ArrivingCall {
  bytes = 0;
  ended = false;
  readonly call: ServerInterceptingCallInterface;
  readonly #stream: ServerHttp2Stream;
  readonly #limits: ReadingLimits;
  #stall: NodeJS.Timeout | undefined;

  constructor(stream: ServerHttp2Stream, call: ServerInterceptingCallInterface, limits: ReadingLimits) {
    this.call = call;
    this.#stream = stream;
    this.#limits = limits;
    // It is paused until it is read: a listener alone does not read.
    stream.on('data', ({ length }: Uint8Array) => {
      this.#arrived(length);
    });
    stream.once('close', () => {
      this.#stops();
      this.ended = true;
      limits.arriving.release(this);
    });
  }

  get session() {
    return this.#stream.session;
  }

  responder(): Responder {
    const whole = (): void => {
      this.#stops();
      if (!this.ended) this.#limits.arriving.release(this);
    };
    const listener = new ServerListenerBuilder()
      .withOnReceiveMessage((message, next) => {
        whole();
        if (message instanceof RefusedMessage) this.end(message.code, message.details);
        else next(message);
      })
      .withOnReceiveHalfClose((next) => {
        whole();
        next();
      })
      .build();
    return new ResponderBuilder()
      .withStart((next) => {
        next(listener);
      })
      .withSendStatus((sent, next) => {
        next(sent);
        this.#answered();
      })
      .build();
  }

  /** Waits for a message, or the end of the stream. */
  waits(): void {
    this.#stops();
    const { stallMillis } = this.#limits;
    if (stallMillis === undefined || this.ended) return;
    this.#stall = setTimeout(() => {
      this.end(status.DEADLINE_EXCEEDED, 'The request stalled');
    }, stallMillis);
    this.#stall.unref();
  }

  end(code: status, details: string): void {
    this.call.sendStatus({ code, details, metadata: null });
    this.#answered();
  }

  #stops(): void {
    clearTimeout(this.#stall);
    this.#stall = undefined;
  }

  #arrived(bytes: number): void {
    this.#stall?.refresh();
    // gRPC keeps nothing of a call that has ended.
    if (this.ended) return;
    this.#limits.arriving.add(this, bytes);
    if (this.bytes > this.#limits.most) this.end(status.RESOURCE_EXHAUSTED, 'The message is too large');
  }

  #answered(): void {
    this.#stops();
    this.ended = true;
    const stream = this.#stream;
    if (stream.readableEnded || stream.closed) return;
    // Behind the status, which may wait to be written.
    const reset = (): void => {
      setImmediate(() => {
        stream.close(constants.NGHTTP2_NO_ERROR);
      });
    };
    if (stream.writableFinished) reset();
    else stream.once('finish', reset);
  }
}
