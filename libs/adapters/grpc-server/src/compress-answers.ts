import type { Http2Server, IncomingHttpHeaders, ServerHttp2Stream } from 'node:http2';
import { promisify } from 'node:util';
import { constants, gzip } from 'node:zlib';
import {
  Metadata,
  ResponderBuilder,
  type Server,
  ServerInterceptingCall,
  type ServerInterceptingCallInterface,
  type ServerInterceptor,
} from '@grpc/grpc-js';

// https://github.com/grpc/grpc/blob/master/doc/compression.md: @grpc/grpc-js only compresses requests.

/** Smaller messages fit into a packet as they are. */
const leastBytes = 1024;
/** A message in a frame: whether it is compressed, its length, itself. */
const headBytes = 5;
const compress = promisify(gzip);

/** Streams of callers whose `grpc-accept-encoding` has gzip. */
export type AcceptingStreams = WeakSet<ServerHttp2Stream>;

/** A message as it is sent. */
class Framed {
  readonly bytes: Buffer;

  constructor(message: Uint8Array, isCompressed: boolean) {
    this.bytes = Buffer.allocUnsafe(headBytes + message.byteLength);
    this.bytes.writeUInt8(isCompressed ? 1 : 0, 0);
    this.bytes.writeUInt32BE(message.byteLength, 1);
    this.bytes.set(message, headBytes);
  }
}

/** What a call of @grpc/grpc-js has, but not in its types. */
interface CallParts {
  readonly stream?: ServerHttp2Stream;
  readonly handler?: { readonly serialize: (message: unknown) => Buffer };
  serializeMessage?: (message: unknown) => Buffer;
}

/** Compresses messages for callers that accept it. The first to get the call of the library. */
export function compressingInterceptor(accepting: AcceptingStreams): ServerInterceptor {
  return (_method, call) => {
    const parts = call as unknown as CallParts;
    const { stream, handler, serializeMessage } = parts;
    if (stream === undefined || handler === undefined || serializeMessage === undefined) throw changedLibrary();
    if (!accepting.has(stream)) return new ServerInterceptingCall(call);
    parts.serializeMessage = (message) =>
      message instanceof Framed ? message.bytes : serializeMessage.call(call, message);
    return compressingCall(call, handler.serialize);
  };
}

function compressingCall(
  call: ServerInterceptingCallInterface,
  serialize: (message: unknown) => Buffer,
): ServerInterceptingCall {
  let isBegun = false;
  const responder = new ResponderBuilder()
    .withSendMetadata((metadata, next) => {
      isBegun = true;
      metadata.set('grpc-encoding', 'gzip');
      next(metadata);
    })
    .withSendMessage((message, next) => {
      void framed(message, serialize).then((frame) => {
        if (!isBegun) call.sendMetadata(gzipMetadata());
        isBegun = true;
        next(frame);
      });
    })
    .build();
  return new ServerInterceptingCall(call, responder);
}

function gzipMetadata(): Metadata {
  const metadata = new Metadata();
  metadata.set('grpc-encoding', 'gzip');
  return metadata;
}

/** The message itself where it cannot be serialised: the library reports that. */
async function framed(message: unknown, serialize: (message: unknown) => Buffer): Promise<unknown> {
  try {
    const plain = serialize(message);
    if (plain.byteLength < leastBytes) return new Framed(plain, false);
    return new Framed(await compress(plain, { level: constants.Z_BEST_SPEED }), true);
  } catch {
    return message;
  }
}

/** Notes the streams of callers that accept gzip: the library removes that header before anything else sees it. */
export function noteAcceptingStreams(server: Server, accepting: AcceptingStreams): void {
  const parts = server as unknown as { _setupHandlers?: (connections: Http2Server, ...rest: unknown[]) => void };
  const setUp = parts._setupHandlers;
  if (setUp === undefined) throw changedLibrary();
  parts._setupHandlers = (connections, ...rest) => {
    connections.on('stream', (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => {
      const accepted = String(headers['grpc-accept-encoding'] ?? '').split(',');
      if (accepted.some((coding) => coding.trim() === 'gzip')) accepting.add(stream);
    });
    setUp.call(server, connections, ...rest);
  };
}

function changedLibrary(): Error {
  return new Error('This version of @grpc/grpc-js keeps the parts of a call elsewhere');
}
