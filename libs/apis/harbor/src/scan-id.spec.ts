import { newScan, parseScanId, scanIdOf } from './scan-id';
import type { Artifact } from './scan-request';

const digest = `sha256:${'0'.repeat(64)}`;
const artifact: Artifact = {
  repository: 'library/oracle/nosql',
  digest,
  mime_type: 'application/x',
  tag: '1',
  size: 7,
};

describe('the id of a scan', () => {
  it.each<[what: string, of: Artifact]>([
    ['everything', artifact],
    ['no tag and no size', { repository: 'a', digest, mime_type: 'application/x' }],
    ['the longest names', { ...artifact, repository: 'a'.repeat(255), tag: 'b'.repeat(128) }],
  ])('states %s, in characters of addresses', (_, of) => {
    const scan = newScan(of, 1_700_000_000_000, 'here');
    const id = scanIdOf(scan);
    expect(id).toMatch(/^[\w-]{20,2048}$/);
    expect(parseScanId(id)).toEqual(scan);
  });

  it('is another one for each scan', () => {
    expect(scanIdOf(newScan(artifact, 1, 'here'))).not.toBe(scanIdOf(newScan(artifact, 1, 'here')));
  });

  it.each<[what: string, json: unknown]>([
    ['another version', [2, 1, 'p', 'n', 'a', digest, 't', null, null]],
    ['another digest', [1, 1, 'p', 'n', 'a', 'sha256:00', 't', null, null]],
    ['a negative time', [1, -1, 'p', 'n', 'a', digest, 't', null, null]],
    ['more parts', [1, 1, 'p', 'n', 'a', digest, 't', null, null, 1]],
    ['an object', { 0: 1 }],
  ])('is not one with %s', (_, json) => {
    expect(parseScanId(Buffer.from(JSON.stringify(json)).toString('base64url'))).toBeUndefined();
  });
});
