import { until, type BuiltImage } from '@clarion/test-kit';
import { archiveOf, debianImage, openssl, stateDebian } from '@clarion/use-cases/testing';
import { type HarborService, startHarborService } from '../testing/harbor-service';
import { poll, registryOf, reportType, scanBody, scanRequestOf, submitScan } from '../testing/scan-images';

const legacyType = 'application/vnd.scanner.adapter.vuln.report.harbor+json; version=1.0';
const rawType = 'application/vnd.scanner.adapter.vuln.report.raw';
const sbomType = 'application/vnd.security.sbom.report+json; version=1.0';
const errorType = 'application/vnd.scanner.adapter.error+json; version=1.0';
const cyclonedx = '?sbom_media_type=application%2Fvnd.cyclonedx%2Bjson';

const known = debianImage(['openssl=3.0.11-1'], 'known');
const unreadable = debianImage(['openssl=3.0.11-1'], 'unreadable');
const registry = registryOf([known, unreadable]);

let service: HarborService;
beforeAll(async () => {
  service = await startHarborService({ dependencies: { resolveImage: registry.resolveImage } });
  await stateDebian(service.store, { openssl: [openssl('3.0.13-1')] });
  // Its layers are known, so that nothing of it has to be pulled.
  await service.useCases.images.upload(archiveOf(known), {});
});
afterAll(() => service.close());
beforeEach(() => {
  registry.asked.length = 0;
});

async function reportOf(image: BuiltImage): Promise<Record<string, unknown>> {
  const id = await submitScan(service, scanBody(image));
  await until('there is a report', async () => (await poll(service, id)).status === 200);
  return (await poll(service, id)).json as Record<string, unknown>;
}

describe('a scan request', () => {
  const registryUrl = 'https://registry.example';
  const artifact = scanBody(known)['artifact'] as Record<string, unknown>;
  const without = (name: string): object => ({ artifact: { ...artifact, [name]: undefined } });

  it.each<[what: string, body: unknown, status: number]>([
    ['that is not JSON', '{', 400],
    ['that is empty', '', 400],
    ['with a list', [], 400],
    ['with a number as the digest', scanBody(known, { artifact: { ...artifact, digest: 1 } }), 400],
    ['without a registry', scanBody(known, { registry: undefined }), 422],
    ['without an address of the registry', scanBody(known, { registry: {} }), 422],
    ['with a name instead of an address', scanBody(known, { registry: { url: 'core' } }), 422],
    ['with a file as the registry', scanBody(known, { registry: { url: 'file:///etc/passwd' } }), 422],
    ['with a path in the address', scanBody(known, { registry: { url: `${registryUrl}/a` } }), 422],
    ['with a password in the address', scanBody(known, { registry: { url: 'https://a:b@registry.example' } }), 422],
    ['without an artifact', scanBody(known, { artifact: null }), 422],
    ['without a digest', scanBody(known, without('digest')), 422],
    ['without a repository', scanBody(known, without('repository')), 422],
    ['without a type', scanBody(known, without('mime_type')), 422],
    ['with another digest', scanBody(known, { artifact: { ...artifact, digest: 'sha256:00' } }), 422],
    ['with a repository of dots', scanBody(known, { artifact: { ...artifact, repository: '../a' } }), 422],
    ['with an invalid tag', scanBody(known, { artifact: { ...artifact, tag: 'a b' } }), 422],
    [
      'with another authorization',
      scanBody(known, { registry: { url: registryUrl, authorization: 'Digest secret-text' } }),
      422,
    ],
    ['of a chart', scanBody(known, { artifact: { ...artifact, mime_type: 'application/vnd.cncf.helm.v1' } }), 501],
    ['for secrets', scanBody(known, { enabled_capabilities: [{ type: 'secret' }] }), 501],
    [
      'for SPDX',
      scanBody(known, {
        enabled_capabilities: [{ type: 'sbom', parameters: { sbom_media_types: ['application/spdx+json'] } }],
      }),
      501,
    ],
    [
      'for another report',
      scanBody(known, { enabled_capabilities: [{ type: 'vulnerability', produces_mime_types: ['text/plain'] }] }),
      501,
    ],
  ])('%s is refused', async (_, body, status) => {
    const { headers, ...answer } = await service.ask('POST', '/api/v1/scan', scanRequestOf(body));
    expect([answer.status, headers.get('content-type')]).toEqual([status, errorType]);
    expect(answer.json).toEqual({ error: { message: expect.any(String) as string } });
    expect(answer.text).not.toContain('secret-text');
    expect(registry.asked).toEqual([]);
  });

  it.each<[what: string, contentType: string, enabled: unknown]>([
    ['version 1.1', 'application/vnd.scanner.adapter.scan.request+json;version=1.1', undefined],
    ['plain JSON', 'application/json', []],
    ['one capability', 'application/json', [{ type: 'vulnerability', produces_mime_types: [reportType] }]],
    ['one without a type', 'application/json', [{ produces_mime_types: null, parameters: null }]],
    ['an SBOM', 'application/json', [{ type: 'sbom', parameters: { sbom_media_types: null } }]],
    ['one that is known, and one that is not', 'application/json', [{ type: 'secret' }, { type: 'vulnerability' }]],
  ])('with %s is accepted', async (_, type, enabled) => {
    const { body = '' } = scanRequestOf(scanBody(known, { enabled_capabilities: enabled }));
    const answer = await service.ask('POST', '/api/v1/scan', { headers: { 'content-type': type }, body });
    expect([answer.status, answer.headers.get('content-type')]).toEqual([
      202,
      'application/vnd.scanner.adapter.scan.response+json; version=1.0',
    ]);
  });

  it('of other types, too large, or by a reader is refused in the form of Harbor', async () => {
    const { body = '' } = scanRequestOf(scanBody(known));
    const ask = (request: object) => service.ask('POST', '/api/v1/scan', request);
    expect((await ask({ headers: { 'content-type': 'text/xml' }, body })).status).toBe(415);
    const large = scanRequestOf(scanBody(known, { more: 'x'.repeat(70_000) }));
    expect(await ask(large)).toMatchObject({ status: 413, json: { error: {} } });
    expect(await ask({ ...scanRequestOf(scanBody(known)), authorization: 'Bearer reader' })).toMatchObject({
      status: 403,
      json: { error: { message: 'This needs the role scanner' } },
    });
  });
});

describe('a report', () => {
  it('has what was asked about, one item for each vulnerability, and the words of Harbor', async () => {
    const report = await reportOf(known);
    expect(report).toMatchObject({
      artifact: {
        repository: 'library/app',
        tag: '1',
        digest: known.manifestDigest,
        mime_type: 'application/vnd.docker.distribution.manifest.v2+json',
        size: 1234,
      },
      scanner: { name: 'Clarion', vendor: 'Clarion', version: '1.2.3' },
      vulnerabilities: [{ package: 'openssl', version: '3.0.11-1', fix_version: '3.0.13-1' }],
    });
    expect(Date.parse(String(report['generated_at']))).toBeGreaterThan(Date.now() - 60_000);
  });

  it('is there in every form for one id, polled at the same time', async () => {
    const id = await submitScan(service, scanBody(known));
    await until('there is a report', async () => (await poll(service, id)).status === 200);
    const answers = await Promise.all(
      [reportType, legacyType, rawType, 'application/vnd.security.vulnerability.report;version=1.1', '*/*'].map(
        (type) => poll(service, id, type),
      ),
    );
    expect(answers.map(({ status, headers }) => [status, headers.get('content-type')])).toEqual([
      [200, reportType],
      [200, legacyType],
      [200, rawType],
      [200, reportType],
      [200, reportType],
    ]);
    expect(answers[2]?.json).toMatchObject({ schemaVersion: 1, image: { manifestDigest: known.manifestDigest } });
    const sbom = await poll(service, id, sbomType, cyclonedx);
    expect([sbom.status, sbom.headers.get('content-type')]).toEqual([200, sbomType]);
    expect(sbom.json).toMatchObject({
      media_type: 'application/vnd.cyclonedx+json',
      artifact: { digest: known.manifestDigest },
      sbom: { bomFormat: 'CycloneDX' },
    });
  });

  it.each<[what: string, accept: string, query: string, status: number]>([
    ['a text', 'text/plain', '', 501],
    ['another version', 'application/vnd.security.vulnerability.report; version=9', '', 501],
    ['an SBOM without a format', sbomType, '', 400],
    ['an SBOM as SPDX', sbomType, '?sbom_media_type=application%2Fspdx%2Bjson', 400],
    ['an SBOM as the prototype', sbomType, '?sbom_media_type=constructor', 400],
  ])('as %s is refused', async (_, accept, query, status) => {
    const answer = await poll(service, await submitScan(service, scanBody(known)), accept, query);
    expect([answer.status, answer.headers.get('content-type')]).toEqual([status, errorType]);
    expect(answer.json).toEqual({ error: { message: expect.any(String) as string } });
  });

  it.each(['x', 'a.b', '%00', 'W10', 'x'.repeat(3000), Buffer.from('[1,2]').toString('base64url')])(
    'of a text that is not an id is 404: %#',
    async (id) => {
      const answer = await poll(service, id);
      expect([answer.status, answer.headers.get('content-type')]).toEqual([404, errorType]);
    },
  );

  it('of a second scan after feeds changed has the new data, and nothing is looked up or opened', async () => {
    await reportOf(known);
    registry.asked.length = 0;
    await stateDebian(service.store, { openssl: [openssl('3.0.14-1')] });
    expect(await reportOf(known)).toMatchObject({ vulnerabilities: [{ fix_version: '3.0.14-1' }] });
    expect(registry.asked).toEqual([]);
    expect(service.opened).toEqual([]);
  });
});

describe('a scan that is not ready', () => {
  it('is 302 with seconds that Harbor can read, and no address', async () => {
    const id = await submitScan(service, scanBody(unreadable));
    const answer = await poll(service, id);
    expect([answer.status, answer.text, answer.headers.get('location')]).toEqual([302, '', null]);
    const seconds = Number(answer.headers.get('refresh-after'));
    expect(seconds >= 1 && seconds <= 60).toBe(true);
  });

  it('is one piece of work for two scans of the same image, with two ids', async () => {
    const ids = await Promise.all([1, 2].map(() => submitScan(service, scanBody(unreadable))));
    expect(new Set(ids).size).toBe(2);
    await until('both are submitted', () => registry.asked.length === 2);
    const waiting = await service.bus.backlog('work.layer', undefined);
    expect(waiting.inAll).toBeLessThanOrEqual(unreadable.layers.length);
  });

  it('has failed when it took too long', async () => {
    let now = new Date();
    const slow = await startHarborService({
      useCases: service.useCases,
      scanMillis: 60_000,
      now: () => now,
    });
    const id = await submitScan(slow, scanBody(unreadable));
    expect((await poll(slow, id)).status).toBe(302);
    now = new Date(now.getTime() + 61_000);
    await until('its time is over', async () => (await poll(slow, id)).status !== 302);
    expect(await poll(slow, id)).toMatchObject({
      status: 500,
      json: { error: { message: 'The scan took longer than 1 minutes' } },
    });
    await slow.close();
  });
});
