import {
  type BlobServer,
  type ClairService,
  debianImage,
  manifestOf,
  openssl,
  serveBlobs,
  startClairService,
  stateDebian,
} from '../testing/clair-service';
import { clairSchemas } from '../testing/schemas';

const path = '/indexer/api/v1/internal/affected_manifest/';
const built = debianImage(['openssl=3.0.11-1', 'zlib=1'], 'one');
const other = debianImage(['openssl=3.0.11-1'], 'two');
const clean = debianImage(['openssl=3.0.14-1'], 'three');
const schemas = clairSchemas();

let service: ClairService;
let blobs: BlobServer;
beforeAll(async () => {
  blobs = await serveBlobs([built, other, clean]);
  service = await startClairService();
  await stateDebian(service.store, {
    openssl: [openssl('3.0.13-1')],
    zlib: [{ id: 'CVE-2024-0001', state: 'affected', severity: 'High' }],
  });
  service.work();
  for (const image of [built, other, clean]) {
    const json = manifestOf(image, blobs.url);
    expect(await service.ask('POST', '/indexer/api/v1/index_report', { json })).toMatchObject({ status: 201 });
  }
});
afterAll(async () => {
  await service.close();
  await blobs.close();
});

const vulnerability = (id: string, name: string, severity: string): object => ({
  ...{ id, updater: 'u', name, normalized_severity: severity, arch_op: 'equals', package: { name: 'p', version: '' } },
});

describe('affected manifests', () => {
  it('are the images with these vulnerabilities, the worst ones first', async () => {
    const vulnerabilities = [
      vulnerability('1', 'CVE-2023-5678', 'Medium'),
      vulnerability('2', 'CVE-2024-0001', 'High'),
      vulnerability('3', 'CVE-2000-0001', 'Low'),
    ];
    const answer = await service.ask('POST', path, { json: { vulnerabilities } });
    expect(answer).toMatchObject({ status: 200, json: { vulnerabilities: { 1: {}, 2: {} } } });
    expect((answer.json as Record<string, object>)['vulnerable_manifests']).toEqual({
      [built.manifestDigest]: ['2', '1'],
      [other.manifestDigest]: ['1'],
    });
    const validate = schemas?.('affected_manifests');
    if (validate !== undefined) expect([validate(answer.json), validate.errors]).toEqual([true, null]);
  });

  it.each<[what: string, json: unknown, status: number]>([
    ['no vulnerabilities', {}, 200],
    ['null', { vulnerabilities: null }, 200],
    ['one without a name', { vulnerabilities: [{ id: '1' }] }, 400],
    ['more than a thousand', { vulnerabilities: Array.from({ length: 1001 }, () => ({ id: '1', name: 'a' })) }, 400],
    ['a list', [], 400],
  ])('of %s: %#', async (_what, json, status) => {
    expect((await service.ask('POST', path, { json })).status).toBe(status);
  });

  it('are asked for with POST, and sent as a known type', async () => {
    expect((await service.ask('GET', path)).status).toBe(405);
    expect((await service.ask('POST', path, { json: {}, headers: { accept: 'text/html' } })).status).toBe(415);
  });
});
