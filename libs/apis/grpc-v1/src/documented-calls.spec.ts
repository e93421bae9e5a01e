import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { Client, credentials, Metadata } from '@grpc/grpc-js';
import { loadFileDescriptorSetFromBuffer, type ServiceDefinition } from '@grpc/proto-loader';
import { detectorService } from '@clarion/detector-client/grpc';
import { featureDetectors } from '@clarion/feature-detectors';
import { type ListeningGrpcServer, startGrpcServer } from '@clarion/grpc-server';
import { detectorV1, fileDescriptorSet } from '@clarion/proto';
import { canStartRegistry, documentedTool, type RunningRegistry, startRegistry } from '@clarion/test-kit';
import { type TestedGrpcApi, startGrpcApi } from '../testing/grpc-client';
import { debianImage, type TestInstallation, openssl, startInstallation, stateDebian } from '../testing/installation';

const text = readFileSync(path.join(__dirname, '../../../../docs/grpc.md'), 'utf8');
const commands = [...text.matchAll(/^grpcurl .*$/gm)].map(([line]) => line);
const built = debianImage(['openssl=3.0.11-1', 'bash=5.2-1'], 'one');

/** The values for the names in the page. */
interface Addresses {
  readonly gateway: string;
  readonly detector: string;
  readonly registry: string;
}

/** A command of the page as arguments, with names replaced and quotes removed. */
function argumentsOf(command: string, { gateway, detector, registry }: Addresses): string[] {
  const line = command
    .replaceAll('localhost:9090', gateway)
    .replaceAll('localhost:7071', detector)
    .replaceAll('registry.example', registry)
    .replaceAll('$TOKEN', 'administrator-token')
    .replaceAll(`'$DIGEST'`, built.manifestDigest);
  return [...line.matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)].slice(1).map(([, single, double, plain]) => {
    return single ?? double ?? plain ?? '';
  });
}

/** The value after a flag. */
function valueOf(args: readonly string[], flag: string): string | undefined {
  const at = args.indexOf(flag);
  return at < 0 ? undefined : args[at + 1];
}

const definitions = loadFileDescriptorSetFromBuffer(fileDescriptorSet(), {
  defaults: true,
  enums: String,
  longs: String,
  bytes: String,
});

/** A google.protobuf.Struct from JSON, as grpcurl makes it. */
function structOf(value: unknown): object {
  if (typeof value === 'string') return { string_value: value };
  if (Array.isArray(value)) return { list_value: { values: value.map(structOf) } };
  // A map is a list of entries on the wire.
  const fields = Object.entries(value as object).map(([key, member]) => ({ key, value: structOf(member) }));
  return { struct_value: { fields } };
}

/** Does what grpcurl does: converts JSON to messages and back, only from the service descriptions. */
async function callByDescription(args: readonly string[]): Promise<unknown[]> {
  const [address = '', method = ''] = args.slice(-2);
  const [service = '', name = ''] = method.split('/');
  const call = (definitions[service] as ServiceDefinition)[name]!;
  const request = JSON.parse(valueOf(args, '-d') ?? '{}') as Record<string, unknown>;
  if (request['record'] !== undefined) {
    request['record'] = (structOf(request['record']) as { struct_value: unknown }).struct_value;
  }
  const metadata = new Metadata();
  const [header, value] = (valueOf(args, '-H') ?? '').split(': ');
  if (header !== undefined && value !== undefined) metadata.set(header, value);
  const client = new Client(address, credentials.createInsecure());
  const { requestSerialize, responseDeserialize } = call;
  const stream = client.makeServerStreamRequest(
    call.path,
    requestSerialize as (value: unknown) => Buffer,
    responseDeserialize as (bytes: Buffer) => unknown,
    request,
    metadata,
  );
  const answers: unknown[] = [];
  for await (const answer of stream as AsyncIterable<unknown>) answers.push(answer);
  client.close();
  return answers;
}

const suite = canStartRegistry() ? describe : describe.skip;

suite('the calls of docs/grpc.md', () => {
  let registry: RunningRegistry;
  let here: TestInstallation;
  let api: TestedGrpcApi;
  let detector: ListeningGrpcServer;
  let addresses: Addresses;
  beforeAll(async () => {
    registry = await startRegistry({ auth: 'none' });
    await registry.pushImage('team/app', '1', built);
    here = await startInstallation();
    await stateDebian(here.store, { openssl: [openssl('3.0.13-1')] });
    here.work();
    api = await startGrpcApi(here.useCases);
    detector = await startGrpcServer({
      host: '127.0.0.1',
      port: 0,
      services: [
        {
          name: 'clarion.detector.v1.DetectorService',
          definition: detectorV1.DetectorServiceService,
          implementation: detectorService({ detectors: featureDetectors }),
        },
      ],
      descriptors: fileDescriptorSet(),
    });
    addresses = {
      gateway: `127.0.0.1:${api.server.port}`,
      detector: `127.0.0.1:${detector.port}`,
      registry: registry.host,
    };
  });
  afterAll(async () => {
    await api.close();
    await detector.stop(AbortSignal.abort());
    await here.close();
    await registry.close();
  });

  const wanted: Readonly<Record<string, object>> = {
    SubmitImage: { submission: { digest: built.manifestDigest, ordered: true } },
    WatchImage: { image: { digest: built.manifestDigest } },
    GetImage: { image: { state: 'IMAGE_STATE_INDEXED', severities: { medium: 1 } } },
    GetReport: { media_type: 'application/json' },
    ListPackages: { packages: [{ name: 'bash' }, { name: 'openssl' }] },
    ListImages: { images: [{ digest: built.manifestDigest }] },
    GetVulnerability: { id: 'CVE-2023-5678', advisories: [{ package: 'openssl', severity: 'SEVERITY_MEDIUM' }] },
    PutOwnVulnerability: { created: true },
    ListFeeds: {
      feeds: expect.arrayContaining([expect.objectContaining({ id: 'debian-security-tracker' })]) as unknown,
    },
    GetImageTimeline: {},
    ListNotifications: {},
    ListDetectors: { detectors: expect.arrayContaining([expect.objectContaining({ id: 'dpkg' })]) as unknown },
  };
  const methodOf = (command: string): string => command.slice(command.lastIndexOf('/') + 1);

  it('are those with an expected answer', () => {
    expect(new Set(commands.map(methodOf))).toEqual(new Set(Object.keys(wanted)));
  });

  it.each(commands.map((command) => [methodOf(command), command]))('%s', async (method, command) => {
    const answers = await callByDescription(argumentsOf(command, addresses));
    expect(answers.at(-1)).toMatchObject(wanted[method]!);
  });

  const grpcurl = documentedTool('grpcurl');
  (grpcurl === undefined ? it.skip : it)('are taken by grpcurl', async () => {
    // The servers are in this process, so it must not block meanwhile.
    const run = (args: readonly string[]) => promisify(execFile)(grpcurl ?? '', args);
    for (const command of commands) {
      const { stdout } = await run(argumentsOf(command, addresses));
      expect(stdout).toMatch(/^\{/);
    }
    const { stdout } = await run(['-plaintext', addresses.gateway, 'list']);
    expect(stdout.trim().split('\n')).toContain('clarion.v1.ImageService');
  });
});
