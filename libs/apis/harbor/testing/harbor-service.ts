import { createHash } from 'node:crypto';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAuthenticator, parseTokens, roles } from '@clarion/authentication';
import { defaultCallerLimits } from '@clarion/connections';
import { createHttpApplication, createHttpServer } from '@clarion/http-engine';
import type { Log } from '@clarion/model';
import type { UseCaseDependencies } from '@clarion/use-cases';
import { startInstallation, type TestInstallation } from '@clarion/use-cases/testing';
import { requireSpecified } from './answer-schemas';
import { createHarborApi, type HarborApiOptions } from '../src/harbor-api';
import { renderError } from '../src/render-error';

export interface HarborAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly json: unknown;
}

export interface HarborRequest {
  /** Of `Authorization`; that of a scanner unless stated. */
  readonly authorization?: string | null;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** The adapter API of an installation on a real socket. Every role has a token named after it. */
export interface HarborService extends TestInstallation {
  /** What an administrator of Harbor registers. */
  readonly base: string;
  readonly server: Server;
  readonly log: Record<string, unknown>[];
  /** Rejects if the answer is not as the specification says. */
  ask(method: string, path: string, request?: HarborRequest): Promise<HarborAnswer>;
}

export async function startHarborService(
  options: Partial<HarborApiOptions> & { readonly dependencies?: Partial<UseCaseDependencies> } = {},
): Promise<HarborService> {
  const installation = await startInstallation(options.dependencies);
  const lines = roles.map((role) => `${role}:${role}:${createHash('sha256').update(role).digest('hex')}`);
  const tokens = parseTokens(lines.join('\n'));
  const log: Record<string, unknown>[] = [];
  const write = (message: string, fields = {}): void => {
    log.push({ message, ...fields });
  };
  const writes: Log = { debug: write, info: write, warn: write, error: write };
  const api = createHarborApi({
    useCases: installation.useCases,
    authenticator: createAuthenticator({ tokens: () => tokens }),
    version: '1.2.3',
    log: writes,
    isAlone: true,
    ...options,
  });
  const app = createHttpApplication({ apis: [api], log: writes, renderError });
  const server = createHttpServer(app, { limits: defaultCallerLimits });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}/harbor`;
  return {
    ...installation,
    ...{ base, server, log },
    ask: (method, path, request) => ask(method, `${base}${path}`, request),
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await installation.close();
    },
  };
}

async function ask(method: string, url: string, request: HarborRequest = {}): Promise<HarborAnswer> {
  const { authorization = 'Bearer scanner', headers, body } = request;
  const response = await fetch(url, {
    method,
    // As Harbor's client.
    redirect: 'manual',
    headers: { ...(authorization === null ? {} : { authorization }), ...headers },
    ...(body === undefined ? {} : { body }),
  });
  const text = await response.text();
  const mediaType = response.headers.get('content-type') ?? '';
  const isJson = /[+/]json|vulnerability\.report|report\.raw/.test(mediaType);
  const json: unknown = isJson && text !== '' ? JSON.parse(text) : undefined;
  if (json !== undefined) requireSpecified(mediaType, json);
  return {
    status: response.status,
    headers: response.headers,
    text,
    json,
  };
}
