import { createHash } from 'node:crypto';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAuthenticator, parseTokens, roles } from '@clarion/authentication';
import type { Log } from '@clarion/model';
import type { UseCaseDependencies } from '@clarion/use-cases';
import { type TestInstallation, startInstallation } from '@clarion/use-cases/testing';
import { defaultCallerLimits } from '@clarion/connections';
import {
  createHttpApplication,
  type HttpApplicationOptions,
  createHttpServer,
  type ServerLimits,
} from '@clarion/http-engine';
import { renderProblem } from '../src/problem';
import { createRestApi } from '../src/rest-api';
import { type RestApiOptions } from '../src/rest-api-options';

export { archiveOf, debianImage, openssl, recordDebian, stateDebian } from '@clarion/use-cases/testing';

/** The REST API of an installation on a real socket. Every role has a token named after it. */
export interface RestService extends TestInstallation {
  readonly base: string;
  readonly server: Server;
  readonly log: Record<string, unknown>[];
  /** Calls as an administrator unless another token is given; an empty token sends none. */
  ask(method: string, path: string, options?: AskOptions): Promise<RestAnswer>;
}

export interface AskOptions {
  readonly token?: string;
  readonly json?: unknown;
  readonly body?: string | Uint8Array;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface RestAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly json: unknown;
}

export async function startRestService(
  options: Partial<RestApiOptions> &
    Pick<HttpApplicationOptions, 'trustedProxies'> & {
      readonly dependencies?: Partial<UseCaseDependencies>;
      readonly limits?: Partial<ServerLimits>;
    } = {},
): Promise<RestService> {
  const installation = await startInstallation(options.dependencies);
  const lines = roles.map((role) => `${role}:${role}:${createHash('sha256').update(role).digest('hex')}`);
  const tokens = parseTokens(lines.join('\n'));
  const log: Record<string, unknown>[] = [];
  const write = (message: string, fields = {}): void => {
    log.push({ message, ...fields });
  };
  const writes: Log = { debug: write, info: write, warn: write, error: write };
  const api = createRestApi({
    useCases: installation.useCases,
    authenticator: createAuthenticator({ tokens: () => tokens }),
    version: '1.2.3',
    ...options,
  });
  const { trustedProxies = [] } = options;
  const app = createHttpApplication({ apis: [api], log: writes, trustedProxies, renderError: renderProblem });
  const server = createHttpServer(app, { limits: { ...defaultCallerLimits, ...options.limits } });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    ...installation,
    base,
    server,
    log,
    ask: (method, path, asked) => ask(method, `${base}${path}`, asked),
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await installation.close();
    },
  };
}

async function ask(method: string, url: string, options: AskOptions = {}): Promise<RestAnswer> {
  const { token = 'administrator', json, body, headers } = options;
  const sent = json === undefined ? body : JSON.stringify(json);
  const response = await fetch(url, {
    method,
    headers: {
      ...(token === '' ? {} : { authorization: `Bearer ${token}` }),
      ...(json === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(sent === undefined ? {} : { body: sent, duplex: 'half' }),
  });
  const text = await response.text();
  const isJson = (response.headers.get('content-type') ?? '').includes('json');
  return { status: response.status, headers: response.headers, text, json: isJson ? JSON.parse(text) : undefined };
}
