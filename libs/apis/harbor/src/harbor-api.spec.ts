import { createAuthenticator } from '@clarion/authentication';
import { stateDebian } from '@clarion/use-cases/testing';
import { type HarborService, startHarborService } from '../testing/harbor-service';

let service: HarborService;
beforeAll(async () => {
  service = await startHarborService();
});
afterAll(() => service.close());

const error = 'application/vnd.scanner.adapter.error+json; version=1.0';

interface Metadata {
  readonly scanner: unknown;
  readonly capabilities: readonly {
    readonly type?: string;
    readonly consumes_mime_types: readonly string[];
    readonly produces_mime_types: readonly string[];
  }[];
  readonly properties: Readonly<Record<string, string>>;
}

const metadata = async (): Promise<Metadata> => (await service.ask('GET', '/api/v1/metadata')).json as Metadata;

describe('metadata', () => {
  it('is what Harbor accepts for a registration', async () => {
    const { status, headers } = await service.ask('GET', '/api/v1/metadata');
    const { scanner, capabilities } = await metadata();
    expect([status, headers.get('content-type')]).toEqual([
      200,
      'application/vnd.scanner.adapter.metadata+json; version=1.0',
    ]);
    expect(scanner).toEqual({ name: 'Clarion', vendor: 'Clarion', version: '1.2.3' });
    const accepted = [
      'application/vnd.security.vulnerability.report; version=1.1',
      'application/vnd.scanner.adapter.vuln.report.harbor+json; version=1.0',
      'application/vnd.security.sbom.report+json; version=1.0',
    ];
    expect(capabilities.map(({ type }) => type)).toEqual(['vulnerability', 'sbom']);
    for (const { consumes_mime_types: consumed, produces_mime_types: produced } of capabilities) {
      expect(consumed).toContain('application/vnd.docker.distribution.manifest.v2+json');
      expect(produced.some((type) => accepted.includes(type))).toBe(true);
    }
  });

  it('has the age of the oldest feed, and no time while none was loaded', async () => {
    const key = 'harbor.scanner-adapter/vulnerability-database-updated-at';
    expect((await metadata()).properties[key]).toBeUndefined();
    const before = Date.now();
    await stateDebian(service.store, {});
    const at = Date.parse((await metadata()).properties[key] ?? '');
    expect(Math.abs(at - before)).toBeLessThan(60_000);
  });
});

describe('credentials of a registration', () => {
  const base64 = (text: string): string => Buffer.from(text).toString('base64');

  it.each<[what: string, headers: Readonly<Record<string, string>>, status: number]>([
    ['a bearer token', { authorization: 'Bearer reader' }, 200],
    ['a token as the password', { authorization: `Basic ${base64('harbor:reader')}` }, 200],
    ['a token with Basic alone', { authorization: `Basic ${base64('reader')}` }, 200],
    ['an API key', { 'x-scanneradapter-api-key': 'reader' }, 200],
    ['none', {}, 401],
    ['another bearer token', { authorization: 'Bearer other' }, 401],
    ['another password', { authorization: `Basic ${base64('reader:other')}` }, 401],
    ['another API key', { 'x-scanneradapter-api-key': 'other' }, 401],
    ['a header that is not base64', { authorization: 'Basic !' }, 401],
  ])('%s', async (_, headers, status) => {
    const answer = await service.ask('GET', '/api/v1/metadata', { authorization: null, headers });
    expect(answer.status).toBe(status);
    if (status === 401) {
      expect(answer.headers.get('content-type')).toBe(error);
      expect(answer.json).toEqual({ error: { message: expect.stringContaining('credential') as string } });
    }
  });

  it('are not needed where authentication is off', async () => {
    const open = await startHarborService({ authenticator: createAuthenticator({ off: true }) });
    expect((await open.ask('GET', '/api/v1/metadata', { authorization: null })).status).toBe(200);
    await open.close();
  });
});

describe('probes', () => {
  it.each(['healthy', 'ready'])('%s needs no credential', async (probe) => {
    const answer = await service.ask('GET', `/probe/${probe}`, { authorization: null });
    expect([answer.status, answer.text]).toEqual([200, '']);
  });

  it('is not ready while the store cannot be read', async () => {
    const list = (): Promise<never> => Promise.reject(new Error('no store'));
    const broken = await startHarborService({ useCases: { ...service.useCases, feeds: { list } as never } });
    const answer = await broken.ask('GET', '/probe/ready', { authorization: null });
    expect([answer.status, answer.json]).toEqual([503, { error: { message: 'The store cannot be read' } }]);
    await broken.close();
  });
});

describe('errors have the body that Harbor parses', () => {
  it.each<[method: string, path: string, status: number]>([
    ['GET', '/api/v1/nothing', 404],
    ['GET', '/nothing', 404],
    ['POST', '/api/v1/metadata', 405],
  ])('%s %s: %i', async (method, path, status) => {
    const answer = await service.ask(method, path);
    expect([answer.status, answer.headers.get('content-type')]).toEqual([status, error]);
    expect(answer.json).toEqual({ error: { message: expect.any(String) as string } });
  });

  it('and say nothing of internal errors', async () => {
    const list = (): Promise<never> => Promise.reject(new Error('password=secret'));
    const broken = await startHarborService({ useCases: { ...service.useCases, feeds: { list } as never } });
    const answer = await broken.ask('GET', '/api/v1/metadata');
    expect(answer.status).toBe(500);
    expect(answer.text).not.toContain('secret');
    await broken.close();
  });
});
