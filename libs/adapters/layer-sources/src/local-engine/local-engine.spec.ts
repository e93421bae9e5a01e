import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  type MethodDefinition,
  Server as GrpcServer,
  ServerCredentials,
  status,
  type StatusObject,
} from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import { buildImage, file, type BuiltImage, writeDockerArchive } from '@clarion/test-kit';
import { closeOpened, failure, layerDigests, open } from '../../testing/opened-images';
import { engineSocket } from './sockets';

const app = buildImage({
  layers: [[file('etc/os-release', 'ID=debian')], [file('app', 'one')]],
  repoTags: ['team/app:1'],
});
const variables = ['DOCKER_HOST', 'CONTAINER_HOST', 'CONTAINERD_ADDRESS', 'CONTAINERD_NAMESPACE'];
const before = Object.fromEntries(variables.map((name) => [name, process.env[name]]));

let scratch = '';
const running: (() => Promise<void> | void)[] = [];

beforeEach(() => {
  scratch = mkdtempSync(path.join(tmpdir(), 'clarion-engines-'));
  // The specs never contact an engine of the machine that runs them.
  for (const name of variables) process.env[name] = path.join(scratch, 'nothing');
  delete process.env['CONTAINERD_NAMESPACE'];
});

afterEach(async () => {
  await closeOpened();
  for (const stop of running.splice(0)) await stop();
  rmSync(scratch, { recursive: true, force: true });
  for (const [name, value] of Object.entries(before)) {
    if (value === undefined) Reflect.deleteProperty(process.env, name);
    else process.env[name] = value;
  }
});

async function listenAt(socket: string, listener: RequestListener): Promise<void> {
  const server: Server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(socket, resolve));
  running.push(() => {
    server.closeAllConnections();
    server.close();
  });
}

/** Implements the calls of the Docker Engine API that export an image. */
async function startDocker(
  variable = 'DOCKER_HOST',
  images: ReadonlyMap<string, BuiltImage> = new Map([['team/app:1', app]]),
): Promise<string[]> {
  const socket = path.join(scratch, `${variable}.sock`);
  const asked: string[] = [];
  await listenAt(socket, (request, response) => {
    asked.push(request.url ?? '');
    const name = decodeURIComponent(/^\/images\/(.+)\/get$/.exec(request.url ?? '')?.[1] ?? '');
    const image = images.get(name);
    if (image === undefined) {
      response.writeHead(404, { 'Content-Type': 'application/json' });
      response.end(JSON.stringify({ message: `No such image: ${name}` }));
      return;
    }
    const archive = path.join(scratch, 'saved.tar');
    writeDockerArchive(archive, image, { form: 'oci-carrying' });
    response.writeHead(200, { 'Content-Type': 'application/x-tar' });
    response.end(readFileSync(archive));
  });
  process.env[variable] = `unix://${socket}`;
  return asked;
}

interface Containerd {
  readonly names?: readonly string[];
  readonly namespace?: string;
  /** Digests that were thrown away. */
  readonly without?: ReadonlySet<string>;
}

/** Implements the image and content services of containerd, encoded by another library than the client's. */
async function startContainerd({
  names = ['docker.io/team/app:1'],
  namespace = 'default',
  without = new Set(),
}: Containerd = {}): Promise<void> {
  const types = loadSync(path.join(__dirname, 'testdata', 'containerd.proto'), { keepCase: true });
  const method = (
    name: string,
    request: string,
    response: string,
    stream: boolean,
  ): MethodDefinition<unknown, unknown> => {
    const codec = (type: string): { serialize: (value: unknown) => Buffer; deserialize: (bytes: Buffer) => unknown } =>
      types[`containerd.services.${type}`] as never;
    return {
      path: name,
      requestStream: false,
      responseStream: stream,
      requestSerialize: codec(request).serialize,
      requestDeserialize: codec(request).deserialize,
      responseSerialize: codec(response).serialize,
      responseDeserialize: codec(response).deserialize,
    };
  };
  const blobs = new Map<string, Uint8Array>([
    [app.manifestDigest, app.manifest],
    [app.configDigest, app.config],
    ...app.layers.map((layer) => [layer.digest, layer.blob] as const),
  ]);
  const server = new GrpcServer();
  server.addService(
    { Get: method('/containerd.services.images.v1.Images/Get', 'GetImageRequest', 'GetImageResponse', false) },
    {
      Get(
        call: { request: { name: string }; metadata: { get(key: string): unknown[] } },
        done: (error: Partial<StatusObject> | null, value?: unknown) => void,
      ) {
        const known = names.includes(call.request.name) && call.metadata.get('containerd-namespace')[0] === namespace;
        if (!known) {
          done({ code: status.NOT_FOUND, details: 'image not found' });
          return;
        }
        const target = {
          media_type: 'application/vnd.oci.image.manifest.v1+json',
          digest: app.manifestDigest,
          size: app.manifest.length,
        };
        done(null, { image: { name: call.request.name, labels: { a: 'b' }, target } });
      },
    },
  );
  server.addService(
    { Read: method('/containerd.services.content.v1.Content/Read', 'ReadContentRequest', 'ReadContentResponse', true) },
    {
      Read(call: {
        request: { digest: string };
        write(value: unknown): void;
        end(): void;
        emit(event: string, error: unknown): void;
      }) {
        const bytes = without.has(call.request.digest) ? undefined : blobs.get(call.request.digest);
        if (bytes === undefined) {
          call.emit('error', { code: status.NOT_FOUND, details: 'content not found' });
          return;
        }
        for (let at = 0; at < bytes.length; at += 1000) call.write({ offset: at, data: bytes.subarray(at, at + 1000) });
        call.end();
      },
    },
  );
  const socket = path.join(scratch, 'containerd.sock');
  await new Promise<void>((resolve, reject) => {
    server.bindAsync(`unix:${socket}`, ServerCredentials.createInsecure(), (error) => {
      if (error === null) resolve();
      else reject(error);
    });
  });
  running.push(() => {
    server.forceShutdown();
  });
  process.env['CONTAINERD_ADDRESS'] = socket;
}

const diffIds = app.layers.map((layer) => layer.diffId);

describe('docker and podman', () => {
  it.each([
    ['docker', 'DOCKER_HOST'],
    ['podman', 'CONTAINER_HOST'],
  ])('%s returns an image by its name', async (engine, variable) => {
    const asked = await startDocker(variable);
    const found = await open(`${engine}:team/app:1`);
    expect(asked).toEqual(['/images/team%2Fapp%3A1/get']);
    expect(found.image.reference).toBe('team/app:1');
    expect(found.image.manifestDigest).toBe(app.manifestDigest);
    expect(await layerDigests(found)).toEqual(diffIds);
  });

  it('an image that it does not have', async () => {
    await startDocker();
    const error = await failure('docker:team/other');
    expect(error).toMatchObject({ code: 'not-found', message: 'docker has no image team/other' });
    expect(error.remedy).toContain('docker images');
  });

  it('reports why an engine fails', async () => {
    const socket = path.join(scratch, 'failing.sock');
    await listenAt(socket, (_, response) => {
      response.writeHead(500).end(JSON.stringify({ message: 'no space left on device\nmore' }));
    });
    process.env['DOCKER_HOST'] = socket;
    expect((await failure('docker:a')).message).toBe('docker does not give the image a: no space left on device');
  });

  it('an archive that breaks off is an error, not an image with fewer layers', async () => {
    const socket = path.join(scratch, 'breaking.sock');
    const archive = path.join(scratch, 'saved.tar');
    writeDockerArchive(archive, app, { form: 'v1.1' });
    await listenAt(socket, (_, response) => {
      response.write(readFileSync(archive).subarray(0, 3000));
      response.end();
    });
    process.env['DOCKER_HOST'] = socket;
    expect((await failure('docker:team/app:1')).code).toBe('corrupt-data');
  });

  it.each([
    ['a socket that is not there', '/nonexistent/docker.sock', 'upstream-unavailable', /cannot be reached at/],
    ['an engine on another machine', 'tcp://203.0.113.1:2375', 'unsupported', /is not a Unix socket/],
  ])('%s', async (_, host, code, message) => {
    process.env['DOCKER_HOST'] = host;
    const error = await failure('docker:a');
    expect(error.code).toBe(code);
    expect(error.message).toMatch(message);
    expect(error.remedy).toBeDefined();
  });

  it('no socket anywhere', () => {
    expect(() => engineSocket('podman', { XDG_RUNTIME_DIR: scratch })).toThrow(/no socket of podman/);
  });
});

describe('containerd', () => {
  it('reads manifest, configuration and layers from the content store', async () => {
    await startContainerd();
    const found = await open('containerd:team/app:1');
    expect(found.image.manifestDigest).toBe(app.manifestDigest);
    expect(found.image.layers.map((layer) => layer.diffId)).toEqual(diffIds);
    const content = await found.layer(1);
    const bytes: Uint8Array[] = [];
    if (content.kind === 'stream') for await (const chunk of content.stream) bytes.push(chunk);
    expect(Buffer.concat(bytes).equals(app.layers[1]!.blob)).toBe(true);
    expect(await found.identity?.(1)).toEqual({ kind: 'blob', digest: app.layers[1]!.digest });
  });

  it('an image of another namespace', async () => {
    await startContainerd({ namespace: 'k8s.io' });
    const error = await failure('containerd:team/app:1');
    expect(error).toMatchObject({ code: 'not-found' });
    expect(error.remedy).toContain('CONTAINERD_NAMESPACE');
    process.env['CONTAINERD_NAMESPACE'] = 'k8s.io';
    expect((await open('containerd:team/app:1')).image.manifestDigest).toBe(app.manifestDigest);
  });

  it('a layer that was discarded once it was unpacked', async () => {
    await startContainerd({ without: new Set([app.layers[1]!.digest]) });
    const content = await (await open('containerd:team/app:1')).layer(1);
    const read = async (): Promise<void> => {
      if (content.kind === 'stream') for await (const chunk of content.stream) expect(chunk).toBeDefined();
    };
    await expect(read()).rejects.toMatchObject({
      code: 'not-found',
      remedy: expect.stringContaining('discard') as string,
    });
  });

  it('no containerd there', async () => {
    expect((await failure('containerd:a')).code).toBe('upstream-unavailable');
  });
});

describe('names without prefix', () => {
  it('local engines are queried first only on request', async () => {
    const asked = await startDocker();
    expect((await open('team/app:1', { local: true })).image.manifestDigest).toBe(app.manifestDigest);
    expect(asked).toHaveLength(1);
    await failure('127.0.0.1:1/team/app:1');
    expect(asked).toHaveLength(1);
  });

  it('a registry that does not have it: the remedy names the engine that may', async () => {
    await startDocker();
    expect((await failure('127.0.0.1:1/team/app:1')).remedy).toContain('write docker:127.0.0.1:1/team/app:1');
  });

  it.each([
    ['http://registry.example/team/app', 'write registry.example/team/app'],
    ['docker://alpine:3.22', 'write alpine:3.22'],
    ['https://hub.docker.com/r/team/app', 'write team/app'],
    ['file:///tmp/x.tar', 'write a name like alpine:3.22'],
    ['MyApp:V1', 'names of images are in lower case: myapp:V1'],
  ])('%s is explained', async (reference, remedy) => {
    const error = await failure(reference);
    expect(error.code).toBe('invalid-input');
    expect(error.remedy).toContain(remedy);
  });
});
