import { type IncomingMessage, request } from 'node:http';
import { ClarionError } from '@clarion/model';
import { errorCode } from '../files';
import type { EngineName } from './sockets';

/** A request to the Docker Engine API, which podman supports too. https://docs.docker.com/reference/api/engine/ */
export interface EngineCall {
  readonly engine: EngineName;
  readonly socket: string;
  /** Path and query, encoded. */
  readonly path: string;
  readonly signal?: AbortSignal | undefined;
}

/** An engine packs a large image before its first byte. */
const silenceMillis = 10 * 60 * 1000;

/**
 * Sends a request to an engine; resolves to the response with status and unread body. Throws `upstream-unavailable`,
 * `unauthorized`.
 */
export function callEngine({ engine, socket, path, signal }: EngineCall): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const asked = request(
      { socketPath: socket, path, headers: { Host: 'localhost' }, ...(signal === undefined ? {} : { signal }) },
      resolve,
    );
    asked.setTimeout(silenceMillis, () => {
      asked.destroy(new ClarionError('upstream-unavailable', `${engine} at ${socket} says nothing any more`));
    });
    asked.on('error', (cause) => {
      reject(engineFailure(cause, engine, socket));
    });
    asked.end();
  });
}

function engineFailure(cause: Error, engine: EngineName, socket: string): Error {
  if (cause instanceof ClarionError || cause.name === 'AbortError') return cause;
  const code = errorCode(cause);
  if (code === 'EACCES' || code === 'EPERM') {
    return new ClarionError('unauthorized', `The socket ${socket} of ${engine} may not be opened`, {
      cause,
      remedy: `join the group that may use ${engine}, or save the image and scan the archive`,
    });
  }
  return new ClarionError(
    'upstream-unavailable',
    `${engine} cannot be reached at ${socket} (${code || cause.message})`,
    {
      cause,
      remedy: 'start it, or save the image and scan the archive',
    },
  );
}

const maxMessageBytes = 64 * 1024;

/** The error message of an engine: the `message` of its JSON, one line of it. */
export async function engineMessage(answer: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > maxMessageBytes) break;
    parts.push(chunk);
  }
  const text = Buffer.concat(parts).toString();
  try {
    const value: unknown = JSON.parse(text);
    const message = typeof value === 'object' && value !== null && 'message' in value ? value.message : undefined;
    if (typeof message === 'string') return message.split('\n', 1)[0]?.slice(0, 300) ?? '';
  } catch {
    // Not JSON: use the status.
  }
  return `status ${answer.statusCode ?? 0}`;
}
