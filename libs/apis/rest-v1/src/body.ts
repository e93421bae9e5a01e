import type { IncomingMessage } from 'node:http';
import { type CallerLimits, defaultCallerLimits } from '@clarion/connections';
import { ClarionError } from '@clarion/model';
import { checked } from './check';
import { HttpProblem } from './problem';
import type { AnyRoute, RouteRequest } from './route';

export interface BodyLimits extends Pick<CallerLimits, 'jsonMillis' | 'stallMillis' | 'requestMillis'> {
  /** Bytes of a JSON body; default 16 MiB. */
  readonly jsonBytes: number;
  /** Bytes of an archive as it is sent; default 10 GiB. */
  readonly archiveBytes: number;
}

export const defaultBodyLimits: BodyLimits = {
  jsonBytes: 16 * 1024 ** 2,
  archiveBytes: 10 * 1024 ** 3,
  jsonMillis: defaultCallerLimits.jsonMillis,
  stallMillis: defaultCallerLimits.stallMillis,
  requestMillis: defaultCallerLimits.requestMillis,
};

const maxDepth = 100;

export interface ReadBodyOptions extends BodyLimits {
  /** Told of every piece as it arrives. */
  readonly onChunk?: (chunk: Uint8Array) => void;
}

/** Reads the body of a request, or gives a way to read it. Throws `HttpProblem` and `invalid-input`. */
export async function readBody(
  request: IncomingMessage,
  { bodies }: Pick<AnyRoute, 'bodies'>,
  limits: ReadBodyOptions,
): Promise<RouteRequest<unknown, unknown>['body']> {
  if (bodies === undefined) return undefined;
  const mediaType = mediaTypeOf(request);
  const schema = Object.hasOwn(bodies, mediaType) ? bodies[mediaType] : undefined;
  if (schema === undefined) throw unsupported(mediaType, Object.keys(bodies));
  if ((request.headers['content-encoding'] ?? 'identity') !== 'identity') {
    throw new HttpProblem('unsupported-media-type', 'Bodies with a content encoding are not read');
  }
  const maxBytes = schema === 'bytes' ? limits.archiveBytes : limits.jsonBytes;
  if (Number(request.headers['content-length'] ?? 0) > maxBytes) throw tooLarge(maxBytes);
  const bound = { ...limits, maxBytes };
  if (schema === 'bytes') return { mediaType, bytes: chunksOf(request, bound) };
  const text = await textOf(request, bound);
  return { mediaType, json: checked(parse(text), schema, { of: 'body' }) };
}

function mediaTypeOf({ headers }: IncomingMessage): string {
  return (headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
}

/** SBOMs are a form of image that clients will try. */
const sboms = /^application\/(?:vnd\.cyclonedx\+(?:json|xml)|spdx\+json)$/;

function unsupported(mediaType: string, known: readonly string[]): HttpProblem {
  const what = sboms.test(mediaType)
    ? `SBOMs (${mediaType}) cannot be submitted yet: name the image, or upload an archive of it`
    : `A body must be ${known.join(' or ')}`;
  return new HttpProblem('unsupported-media-type', what);
}

function tooLarge(maxBytes: number): HttpProblem {
  // The rest of the body is not read: the connection cannot be used again.
  return new HttpProblem('too-large', `A body has at most ${maxBytes} bytes`, { connection: 'close' });
}

type Bound = ReadBodyOptions & { readonly maxBytes: number };

async function textOf(request: IncomingMessage, bound: Bound): Promise<string> {
  const chunks: Uint8Array[] = [];
  const limits = { ...bound, requestMillis: bound.jsonMillis, stallMillis: bound.jsonMillis };
  for await (const chunk of chunksOf(request, limits)) chunks.push(chunk);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks));
  } catch (cause) {
    throw new ClarionError('invalid-input', 'The body is not UTF-8', { cause });
  }
}

function parse(text: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new ClarionError('invalid-input', 'The body is not JSON', { cause });
  }
  let level: readonly unknown[] = [value];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > maxDepth) throw new ClarionError('invalid-input', `The body is nested deeper than ${maxDepth}`);
    level = level.flatMap((one): unknown[] => (typeof one === 'object' && one !== null ? Object.values(one) : []));
  }
  return value;
}

/**
 * The request is not destroyed when it is too large or late, nor when nobody wants more of it: its caller still gets an
 * answer, and whoever answers closes the connection.
 */
async function* chunksOf(
  request: IncomingMessage,
  { maxBytes, stallMillis, requestMillis, onChunk }: Bound,
): AsyncGenerator<Uint8Array> {
  const chunks = (request.iterator({ destroyOnReturn: false }) as AsyncIterable<Uint8Array>)[Symbol.asyncIterator]();
  let late: HttpProblem | undefined;
  /** Only while the caller is waited for. */
  let giveUp: ((reason: HttpProblem) => void) | undefined;
  const timeout = (what: string): HttpProblem => new HttpProblem('timeout', what, { connection: 'close' });
  const whole = setTimeout(() => {
    late = timeout('The body took too long');
    giveUp?.(late);
  }, requestMillis);
  const stall = setTimeout(() => giveUp?.(timeout('The body stalled')), stallMillis);
  let bytes = 0;
  try {
    for (;;) {
      // While the archive is being written it is not the caller who is slow.
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
  }
}
