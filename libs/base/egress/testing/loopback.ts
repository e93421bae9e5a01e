import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Server as TcpServer } from 'node:net';
import { ClarionError } from '@clarion/model';
import { createEgress, type Egress, type EgressOptions, type EgressPolicy } from '../src';

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

/** Resources that a spec has opened: closed after each case. */
export const closing: (() => Promise<void> | void)[] = [];

/** On a free port of loopback. */
export async function listen(server: Server | TcpServer): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => {
    if ('closeAllConnections' in server) server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

export async function serve(handler: Handler): Promise<string> {
  return `http://127.0.0.1:${await listen(createServer(handler))}`;
}

export const quick = { firstDelayMillis: 2, maxDelayMillis: 50, connectMillis: 500, firstByteMillis: 2_000 };

export function egress(policy: EgressPolicy = { privateNetworks: true }, options: EgressOptions = {}): Egress {
  const made = createEgress({ proxy: {}, ...policy }, { ...options, limits: { ...quick, ...options.limits } });
  closing.push(() => made.close());
  return made;
}

/** The error of a promise that must fail with a `ClarionError`. */
export async function failure(promise: Promise<unknown>): Promise<ClarionError> {
  const error = await promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof ClarionError)) throw new Error(`expected a ClarionError, got ${String(error)}`);
  return error;
}

export async function text(answer: { bytes(): Promise<Uint8Array> }): Promise<string> {
  return Buffer.from(await answer.bytes()).toString();
}
