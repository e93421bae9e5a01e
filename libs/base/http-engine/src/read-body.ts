import type { IncomingMessage } from 'node:http';
import { type CallerLimits, defaultCallerLimits } from '@clarion/connections';
import { overJsonBounds, repeatedMembers } from '@clarion/file-formats';
import { ClarionError } from '@clarion/model';
import { checked } from './check-members';
import { HttpError } from './http-error';
import type { AnyHttpRoute, BodyBounds, RequestBody } from './route';

export interface BodyLimits extends Pick<CallerLimits, 'jsonMillis' | 'stallMillis' | 'requestMillis'> {
  /** Bytes of a body that is read as it arrives; default 10 GiB. */
  readonly streamedBytes: number;
}

export const defaultBodyLimits: BodyLimits = {
  streamedBytes: 10 * 1024 ** 3,
  jsonMillis: defaultCallerLimits.jsonMillis,
  stallMillis: defaultCallerLimits.stallMillis,
  requestMillis: defaultCallerLimits.requestMillis,
};

/** For JSON bodies, where the route does not define its own. */
const defaultBounds: BodyBounds = { bytes: 64 * 1024, values: 1000 };

export interface ReadBodyOptions extends BodyLimits {
  /** Faults of JSON that are reported (`checked`). */
  readonly mostErrors?: number | undefined;
  /** Called with every piece as it arrives. */
  readonly onChunk?: (chunk: Uint8Array) => void;
  /** Called with the number of further bytes of JSON before they are buffered; throws when that is too much. */
  readonly onKept?: (bytes: number) => void;
}

/** The body rules of a route. */
type BodyRules = Pick<AnyHttpRoute<unknown, unknown>, 'bodies' | 'bounds' | 'explainMediaType'>;

/** Reads the body of a request, or returns a way to read it. Throws `HttpError` and `invalid-input`. */
export async function readBody(
  request: IncomingMessage,
  { bodies, bounds = defaultBounds, explainMediaType }: BodyRules,
  limits: ReadBodyOptions,
): Promise<RequestBody | undefined> {
  if (bodies === undefined) return undefined;
  const mediaType = mediaTypeOf(request);
  const schema = Object.hasOwn(bodies, mediaType) ? bodies[mediaType] : bodies['*'];
  if (schema === undefined) {
    const what = explainMediaType?.(mediaType) ?? `A body must be ${Object.keys(bodies).join(' or ')}`;
    throw new HttpError('unsupported-media-type', what);
  }
  if ((request.headers['content-encoding'] ?? 'identity') !== 'identity') {
    throw new HttpError('unsupported-media-type', 'Bodies with a content encoding are not read');
  }
  const maxBytes = schema === 'bytes' ? limits.streamedBytes : bounds.bytes;
  if (Number(request.headers['content-length'] ?? 0) > maxBytes) throw tooLarge(maxBytes);
  const bound = { ...limits, maxBytes };
  if (schema === 'bytes') return { mediaType, bytes: chunksOf(request, bound) };
  const text = await textOf(request, bound);
  const excess = overJsonBounds(text, bounds);
  if (excess !== undefined) throw new ClarionError('invalid-input', `The body ${excess}`);
  return { mediaType, json: checked(parse(text), schema, { of: 'body', mostErrors: limits.mostErrors }) };
}

function mediaTypeOf({ headers }: IncomingMessage): string {
  return (headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
}

function tooLarge(maxBytes: number): HttpError {
  // The rest of the body is not read: the connection cannot be used again.
  return new HttpError('too-large', `A body has at most ${maxBytes} bytes`, { connection: 'close' });
}

type Bound = ReadBodyOptions & { readonly maxBytes: number };

async function textOf(request: IncomingMessage, bound: Bound): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  const limits = { ...bound, requestMillis: bound.jsonMillis, stallMillis: bound.jsonMillis };
  for await (const chunk of chunksOf(request, limits)) {
    bound.onKept?.(chunk.length);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function parse(bytes: Uint8Array): unknown {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new ClarionError('invalid-input', 'The body is not UTF-8', { cause });
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new ClarionError('invalid-input', 'The body is not JSON', { cause, remedy: 'send one JSON value' });
  }
  const [repeated] = repeatedMembers(text);
  if (repeated === undefined) return value;
  // It is unknown which of the two the caller means.
  const name = JSON.stringify(repeated.name.slice(0, 80));
  throw new ClarionError('invalid-input', `The body has the member ${name} twice in one object`);
}

/**
 * The request is not destroyed when it is too large or late, nor when reading stops: its caller still gets an answer,
 * and sending the answer closes the connection.
 */
async function* chunksOf(
  request: IncomingMessage,
  { maxBytes, stallMillis, requestMillis, onChunk }: Bound,
): AsyncGenerator<Uint8Array> {
  const chunks = (request.iterator({ destroyOnReturn: false }) as AsyncIterable<Uint8Array>)[Symbol.asyncIterator]();
  let late: HttpError | undefined;
  /** Only while the caller is waited for. */
  let giveUp: ((reason: HttpError) => void) | undefined;
  const timeout = (what: string): HttpError => new HttpError('timeout', what, { connection: 'close' });
  const whole = setTimeout(() => {
    late = timeout('The body took too long');
    giveUp?.(late);
  }, requestMillis);
  const stall = setTimeout(() => giveUp?.(timeout('The body stalled')), stallMillis);
  let bytes = 0;
  try {
    for (;;) {
      // While the data that was read is being written, the caller is not the slow side.
      stall.refresh();
      const next = await new Promise<IteratorResult<Uint8Array>>((resolve, reject) => {
        giveUp = reject;
        if (late === undefined) chunks.next().then(resolve, reject);
        else reject(late);
      });
      giveUp = undefined;
      if (next.done === true) return;
      bytes += next.value.byteLength;
      if (bytes > maxBytes) throw tooLarge(maxBytes);
      onChunk?.(next.value);
      yield next.value;
    }
  } finally {
    clearTimeout(stall);
    clearTimeout(whole);
    // The code that answers may read on, or drop the rest.
    void chunks.return?.();
  }
}
