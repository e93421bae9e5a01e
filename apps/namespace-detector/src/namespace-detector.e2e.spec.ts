import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { localDetectorClient } from '@clarion/detector-client';
import { grpcDetectorClient } from '@clarion/detector-client/grpc';
import { namespaceDetectors } from '@clarion/namespace-detectors';
import { bundleApps, type ServiceProcess, startServiceProcess } from '@clarion/test-kit';

const testdata = join(__dirname, '../../../libs/plugins/namespace-detectors/src/os-release/testdata/debian-12');
const variables = {
  CLARION_HOST: '127.0.0.1',
  CLARION_GRPC_PORT: '0',
  CLARION_INTROSPECTION_HOST: '127.0.0.1',
  CLARION_INTROSPECTION_PORT: '0',
  CLARION_DRAIN: '0s',
  CLARION_DETECTOR_TOKEN: 's3cret',
};

describe('the namespace detector as a process', () => {
  let service: ServiceProcess;
  let port: number;
  beforeAll(() => {
    bundleApps('namespace-detector');
  });
  beforeEach(async () => {
    service = startServiceProcess('namespace-detector', variables);
    port = Number((await service.line('Serving gRPC'))['port']);
  });
  afterEach(async () => {
    service.kill('SIGKILL');
    await service.ended;
  });
  const client = (token = 's3cret') =>
    grpcDetectorClient({ address: `127.0.0.1:${port}`, token, attempts: 3, deadlineMillis: 30_000 });
  const content = readFileSync(join(testdata, 'usr/lib/os-release'));
  const requests = [{ detector: 'os-release', files: [{ path: 'usr/lib/os-release', content }] }];

  it('gives the facts that its detectors give in this process', async () => {
    const remote = client();
    const local = localDetectorClient(namespaceDetectors);
    expect(await remote.list()).toEqual(await local.list());
    const facts = await remote.detect(requests);
    expect(facts).toEqual(await local.detect(requests));
    expect(facts).toMatchObject([{ namespaces: [{ id: 'debian:12' }] }]);
    service.kill('SIGTERM');
    remote.close();
    expect(await service.ended).toBe(0);
  });
});
