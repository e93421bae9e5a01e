import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { createSign, randomUUID, X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type BuiltImage, sha256 } from './image-builder';

export type RegistryAuth = 'none' | 'htpasswd' | 'token';

/** The bytes of a manifest and the media type to push it with. */
export interface PushedManifest {
  readonly bytes: Uint8Array;
  readonly mediaType: string;
}

/** A running registry of the Distribution project, on loopback, with a separate empty store. */
export interface RunningRegistry {
  /** `127.0.0.1:PORT`. */
  readonly host: string;
  /** The one account of a registry with authentication. */
  readonly username: string;
  readonly password: string;
  /** Accepted by the token service as an identity (refresh) token. */
  readonly identityToken: string;
  /** All requests to the token service: method, then query or form. */
  readonly tokenRequests: readonly string[];
  pushBlob(repository: string, bytes: Uint8Array): Promise<void>;
  /** `reference` is a tag or the manifest's digest. */
  pushManifest(repository: string, reference: string, manifest: PushedManifest): Promise<void>;
  /** Pushes layers, configuration and manifest. */
  pushImage(repository: string, reference: string, image: BuiltImage): Promise<void>;
  close(): Promise<void>;
}

const account = { username: 'alice', password: 's3cret', identityToken: 'identity-of-alice' };
/** `htpasswd -Bbn alice s3cret` */
const htpasswd = 'alice:$2y$05$pxi0/Wy33KAlsOIBjIGx/.kf4m4cx/hummdpYecFrlSdj3PLCz9E.';

/** Whether this machine has what `startRegistry` needs (Debian: docker-registry, openssl); suites skip elsewhere. */
export function canStartRegistry(): boolean {
  return ['docker-registry', 'openssl'].every((command) => spawnSync(command, ['--help']).error === undefined);
}

/** Starts a registry and waits until it listens. Close it at the end of the suite. */
export async function startRegistry(options: { readonly auth: RegistryAuth }): Promise<RunningRegistry> {
  const directory = mkdtempSync(path.join(tmpdir(), 'clarion-registry-'));
  const issuer = options.auth === 'token' ? await startIssuer(directory) : undefined;
  const config = path.join(directory, 'config.json');
  writeFileSync(config, JSON.stringify(configuration(directory, options.auth, issuer?.realm)));
  const child = spawn('docker-registry', ['serve', config], { stdio: ['ignore', 'pipe', 'pipe'] });
  const close = async (): Promise<void> => {
    await endProcess(child);
    issuer?.close();
    rmSync(directory, { recursive: true, force: true });
  };
  try {
    const host = await listeningHost(child);
    const push = pusher(host, (scope) => authorization(options.auth, scope, issuer));
    return { host, ...account, tokenRequests: issuer?.requests ?? [], ...push, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** The registry reads YAML, which includes JSON. */
function configuration(directory: string, auth: RegistryAuth, realm: string | undefined): object {
  const credentials = path.join(directory, 'htpasswd');
  writeFileSync(credentials, `${htpasswd}\n`);
  const token = { realm, service: 'test-registry', issuer: 'tok', rootcertbundle: path.join(directory, 'tok.crt') };
  return {
    version: 0.1,
    log: { level: 'info', accesslog: { disabled: true } },
    storage: { filesystem: { rootdirectory: path.join(directory, 'data') } },
    http: { addr: '127.0.0.1:0', secret: 'only for tests' },
    ...(auth === 'htpasswd' && { auth: { htpasswd: { realm: 'test', path: credentials } } }),
    ...(auth === 'token' && { auth: { token } }),
  };
}

function listeningHost(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let log = '';
    const read = (chunk: Buffer): void => {
      log += chunk.toString();
      const found = /listening on (127\.0\.0\.1:\d+)/.exec(log)?.[1];
      if (found !== undefined) resolve(found);
    };
    child.stdout?.on('data', read);
    child.stderr?.on('data', read);
    child.once('error', reject);
    child.once('exit', () => {
      reject(new Error(`docker-registry ended: ${log}`));
    });
  });
}

async function endProcess(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await ended;
}

type Authorize = (scope: string) => string | undefined;

function authorization(auth: RegistryAuth, scope: string, issuer: TokenIssuer | undefined): string | undefined {
  if (auth === 'token') return `Bearer ${issuer?.issue(scope) ?? ''}`;
  if (auth === 'none') return undefined;
  return `Basic ${Buffer.from(`${account.username}:${account.password}`).toString('base64')}`;
}

function pusher(host: string, authorize: Authorize): Pick<RunningRegistry, 'pushBlob' | 'pushManifest' | 'pushImage'> {
  async function send(method: string, url: string, content: { repository: string; type?: string; bytes?: Uint8Array }) {
    const credentials = authorize(`repository:${content.repository}:pull,push`);
    const response = await fetch(url, {
      method,
      headers: {
        ...(credentials !== undefined && { authorization: credentials }),
        ...(content.type !== undefined && { 'content-type': content.type }),
      },
      ...(content.bytes !== undefined && { body: content.bytes }),
    });
    const answer = await response.text();
    if (!response.ok) throw new Error(`${method} ${url}: ${response.status} ${answer}`);
    return response;
  }
  async function pushBlob(repository: string, bytes: Uint8Array): Promise<void> {
    const started = await send('POST', `http://${host}/v2/${repository}/blobs/uploads/`, { repository });
    const upload = new URL(started.headers.get('location') ?? '', `http://${host}`);
    upload.searchParams.set('digest', sha256(bytes));
    await send('PUT', upload.href, { repository, bytes, type: 'application/octet-stream' });
  }
  async function pushManifest(repository: string, reference: string, manifest: PushedManifest): Promise<void> {
    const { bytes, mediaType: type } = manifest;
    await send('PUT', `http://${host}/v2/${repository}/manifests/${reference}`, { repository, bytes, type });
  }
  return {
    pushBlob,
    pushManifest,
    async pushImage(repository, reference, image) {
      for (const bytes of [...image.layers.map((layer) => layer.blob), image.config]) await pushBlob(repository, bytes);
      const mediaType = 'application/vnd.oci.image.manifest.v1+json';
      await pushManifest(repository, reference, { bytes: image.manifest, mediaType });
    },
  };
}

interface TokenIssuer {
  readonly realm: string;
  readonly requests: string[];
  issue(scope: string): string;
  close(): void;
}

/** The token service: https://distribution.github.io/distribution/spec/auth/token/. Anonymous callers get no scope. */
async function startIssuer(directory: string): Promise<TokenIssuer> {
  const [key, certificate] = [path.join(directory, 'tok.key'), path.join(directory, 'tok.crt')];
  const subject = ['-nodes', '-keyout', key, '-out', certificate, '-subj', '/CN=tok', '-days', '2'];
  execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', ...subject], { stdio: 'ignore' });
  const sign = tokenSigner(readFileSync(key, 'utf8'), readFileSync(certificate, 'utf8'));
  const requests: string[] = [];
  const server = createServer((request, response) => {
    let form = '';
    request.on('data', (chunk: Buffer) => (form += chunk.toString()));
    request.on('end', () => {
      const query = request.method === 'POST' ? form : new URL(request.url ?? '', 'http://x').search.slice(1);
      requests.push(`${request.method ?? ''} ${query}`);
      const fields = new URLSearchParams(query);
      const basic = `Basic ${Buffer.from(`${account.username}:${account.password}`).toString('base64')}`;
      const known = request.headers.authorization === basic || fields.get('refresh_token') === account.identityToken;
      const wrong = !known && (request.headers.authorization !== undefined || fields.has('refresh_token'));
      if (wrong) response.writeHead(401).end();
      else response.end(JSON.stringify({ token: sign(known ? fields.getAll('scope') : []), expires_in: 300 }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    realm: `http://127.0.0.1:${(server.address() as AddressInfo).port}/token`,
    requests,
    issue: (scope) => sign([scope]),
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

function tokenSigner(key: string, certificate: string): (scopes: readonly string[]) => string {
  const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const header = encode({ alg: 'RS256', typ: 'JWT', x5c: [new X509Certificate(certificate).raw.toString('base64')] });
  return (scopes) => {
    const now = Math.floor(Date.now() / 1000);
    const access = scopes.map((scope) => {
      const [type, name, actions = ''] = scope.split(':');
      return { type, name, actions: actions.split(',') };
    });
    const times = { exp: now + 300, nbf: now - 5, iat: now - 5 };
    const claims = { iss: 'tok', sub: account.username, aud: 'test-registry', jti: randomUUID(), access, ...times };
    const content = `${header}.${encode(claims)}`;
    return `${content}.${createSign('RSA-SHA256').update(content).sign(key, 'base64url')}`;
  };
}
