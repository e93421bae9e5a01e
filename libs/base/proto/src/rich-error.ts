import { Metadata, type status, type StatusObject } from '@grpc/grpc-js';
import { type Any, BadRequest, ErrorInfo, RetryInfo, Status } from './google-rpc';

const detailsKey = 'grpc-status-details-bin';
const domain = 'clarion';
/** Servers and proxies commonly reject headers above 8 KiB together; the message is sent twice. */
const longestMessage = 1024;

/** What an error reports besides its status. */
export interface RichError {
  readonly status: status;
  /** The stable code, for programs: the same as `code` of the REST API. */
  readonly reason: string;
  readonly message: string;
  /** What the user can do. */
  readonly remedy?: string | undefined;
  readonly retryAfterSeconds?: number | undefined;
  readonly violations?: readonly { readonly field: string; readonly description: string }[];
}

/** The status that a handler answers with: details as `google.rpc.Status` in the trailer `grpc-status-details-bin`. */
export function richStatus(error: RichError): StatusObject {
  const { remedy, retryAfterSeconds, violations } = error;
  const message = error.message.slice(0, longestMessage);
  const details: Any[] = [
    pack('ErrorInfo', ErrorInfo, {
      reason: error.reason,
      domain,
      metadata: remedy === undefined ? {} : { remedy: remedy.slice(0, longestMessage) },
    }),
  ];
  if (retryAfterSeconds !== undefined) {
    details.push(pack('RetryInfo', RetryInfo, { retryDelay: { seconds: BigInt(retryAfterSeconds), nanos: 0 } }));
  }
  if (violations !== undefined) details.push(pack('BadRequest', BadRequest, { fieldViolations: [...violations] }));
  const metadata = new Metadata();
  metadata.set(detailsKey, Buffer.from(Status.encode({ code: error.status, message, details }).finish()));
  return { code: error.status, details: message, metadata };
}

/** The details of an error that a server answered with; undefined when it sent none that can be read. */
export function readRichStatus(error: { readonly metadata?: Metadata }): Omit<RichError, 'status'> | undefined {
  const [encoded] = error.metadata?.get(detailsKey) ?? [];
  if (!(encoded instanceof Uint8Array)) return undefined;
  try {
    const { message, details } = Status.decode(encoded);
    const info = find(details, 'ErrorInfo', ErrorInfo);
    if (info === undefined) return undefined;
    const delay = find(details, 'RetryInfo', RetryInfo)?.retryDelay;
    const violations = find(details, 'BadRequest', BadRequest)?.fieldViolations;
    const remedy = Object.hasOwn(info.metadata, 'remedy') ? info.metadata['remedy'] : undefined;
    return {
      reason: info.reason,
      message,
      ...(remedy !== undefined && { remedy }),
      ...(delay !== undefined && { retryAfterSeconds: Number(delay.seconds) }),
      ...(violations !== undefined && { violations }),
    };
  } catch {
    // From another kind of server: the status itself still counts.
    return undefined;
  }
}

interface Codec<T> {
  encode(message: T): { finish(): Uint8Array };
  decode(input: Uint8Array): T;
}

const typeUrl = (name: string): string => `type.googleapis.com/google.rpc.${name}`;

function pack<T>(name: string, codec: Codec<T>, message: T): Any {
  return { typeUrl: typeUrl(name), value: Buffer.from(codec.encode(message).finish()) };
}

function find<T>(details: readonly Any[], name: string, codec: Codec<T>): T | undefined {
  const found = details.find((detail) => detail.typeUrl === typeUrl(name));
  return found === undefined ? undefined : codec.decode(found.value);
}
