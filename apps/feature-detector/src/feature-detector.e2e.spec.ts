import { enabledDetectors } from '@clarion/model';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { localDetectorClient } from '@clarion/detector-client';
import { grpcDetectorClient } from '@clarion/detector-client/grpc';
import { featureDetectors } from '@clarion/feature-detectors';
import { bundleApps, type ServiceProcess, startServiceProcess } from '@clarion/test-kit';

const testdata = join(__dirname, '../../../libs/plugins/feature-detectors/src/dpkg/testdata/debian-12');
const variables = {
  CLARION_HOST: '127.0.0.1',
  CLARION_GRPC_PORT: '0',
  CLARION_INTROSPECTION_HOST: '127.0.0.1',
  CLARION_INTROSPECTION_PORT: '0',
  CLARION_DRAIN: '0s',
  CLARION_DETECTOR_TOKEN: 's3cret',
};

const content = Buffer.alloc(64 * 1024 * 1024, 'x');

describe('the feature detector as a process', () => {
  let service: ServiceProcess;
  let port: number;
  let probes: string;
  beforeAll(() => {
    bundleApps('feature-detector');
  });
  beforeEach(async () => {
    service = startServiceProcess('feature-detector', variables);
    const starting = await service.line('Starting');
    probes = `http://127.0.0.1:${Number(starting['introspection_port'])}`;
    port = Number((await service.line('Serving gRPC'))['port']);
  });
  afterEach(async () => {
    service.kill('SIGKILL');
    await service.ended;
  });
  const client = (token = 's3cret') =>
    grpcDetectorClient({ address: `127.0.0.1:${port}`, token, attempts: 3, deadlineMillis: 30_000 });
  /**
   * A file that signals the service when it is about to be sent (its length is sent first), before most of it has
   * arrived.
   */
  const signalling = (signal: NodeJS.Signals): Buffer => {
    const { length } = content;
    let isSent = false;
    return Object.defineProperty(Buffer.from(content), 'length', {
      get() {
        if (!isSent) service.kill(signal);
        isSent = true;
        return length;
      },
    });
  };
  const status = readFileSync(join(testdata, 'var/lib/dpkg/status'));
  const requests = [{ detector: 'dpkg', files: [{ path: 'var/lib/dpkg/status', content: status }] }];

  it('returns the facts that its detectors return in this process', async () => {
    const remote = client();
    const local = localDetectorClient(enabledDetectors(featureDetectors));
    expect(await remote.list()).toEqual(await local.list());
    const facts = await remote.detect(requests);
    expect(facts).toEqual(await local.detect(requests));
    expect(facts[0]?.features?.length).toBeGreaterThan(0);
    remote.close();
  });

  it('serves the detectors that it is set to, and does not start with an unknown one', async () => {
    const off = featureDetectors.filter(({ enabled }) => enabled === false).map(({ id }) => id);
    const start = (enable: string): ServiceProcess =>
      startServiceProcess('feature-detector', {
        ...variables,
        CLARION_ENABLE_DETECTORS: enable,
        CLARION_DISABLE_DETECTORS: 'node,python',
        CLARION_LOCK_FILES: 'true',
      });
    const enabling = start(off.join(','));
    const remote = grpcDetectorClient({
      address: `127.0.0.1:${Number((await enabling.line('Serving gRPC'))['port'])}`,
      token: 's3cret',
    });
    const listed = (await remote.list()).map(({ id }) => id);
    const wanted = featureDetectors.map(({ id }) => id).filter((id) => id !== 'node' && id !== 'python');
    expect(listed).toEqual(wanted);
    remote.close();
    enabling.kill('SIGKILL');
    await enabling.ended;
    expect(await start('pyhton').ended).not.toBe(0);
  });

  it('answers probes and counts what it does', async () => {
    const remote = client();
    await remote.detect(requests);
    remote.close();
    expect((await fetch(`${probes}/healthz`)).status).toBe(200);
    expect((await fetch(`${probes}/readyz`)).status).toBe(200);
    const metrics = await (await fetch(`${probes}/metrics`)).text();
    expect(metrics).toContain('clarion_detect_duration_seconds_count{detector="dpkg"} 1');
    expect(metrics).toContain(
      'clarion_grpc_call_duration_seconds_count{method="clarion.detector.v1.DetectorService/Detect",code="OK"} 1',
    );
  });

  it('rejects callers without its token, and does not log it', async () => {
    const stranger = client('other');
    await expect(stranger.list()).rejects.toMatchObject({ code: 'unauthorized' });
    stranger.close();
    expect(await service.line('Call answered')).toMatchObject({ code: 'UNAUTHENTICATED' });
    expect(JSON.stringify(service.lines)).not.toMatch(/s3cret|other/);
  });

  it('that is killed while files arrive causes a retryable error', async () => {
    const remote = client();
    await remote.list();
    const contents = [content, content, signalling('SIGKILL'), content, content];
    const files = contents.map((one, index) => ({ path: `usr/lib/${index}`, content: one }));
    const answer = remote.detect([{ detector: 'dpkg', files }]);
    await expect(answer).rejects.toMatchObject({ code: 'upstream-unavailable', retryable: true });
    remote.close();
  });

  it('finishes its work when it is stopped', async () => {
    const remote = client();
    await remote.list();
    const contents = [content, signalling('SIGTERM')];
    const files = contents.map((one, index) => ({ path: `var/lib/dpkg/status.d/${index}`, content: one }));
    const answer = remote.detect([{ detector: 'dpkg', files }]);
    expect(await answer).toHaveLength(1);
    remote.close();
    expect(await service.ended).toBe(0);
    expect(service.lines.map(({ msg }) => msg)).toEqual(expect.arrayContaining(['Stopping', 'Stopped']));
  });
});

describe('the feature detector with a wrong configuration', () => {
  it.each<[string, Record<string, string>, RegExp]>([
    ['an invalid port', { CLARION_GRPC_PORT: '99999' }, /CLARION_GRPC_PORT must be from 0 to 65535/],
    ['a key without its certificate', { CLARION_TLS_KEY: 'secret-key' }, /TLS needs both a certificate and its key/],
  ])('(%s) reports the error and exits', async (_, change, message) => {
    const service = startServiceProcess('feature-detector', { ...variables, ...change });
    expect(await service.ended).toBe(1);
    const printed = `${service.errors()}${JSON.stringify(service.lines)}`;
    expect(printed).toMatch(message);
    expect(printed).not.toContain('secret-key');
  });
});
