import { createReadStream, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createGunzip } from 'node:zlib';
import { directoryUpstream } from '@clarion/feed-upstreams';
import { archiveMembers } from '@clarion/file-formats/documents';
import { countRecords, type CountedRecords, sharedMaterial } from '@clarion/test-kit';
import { ubuntu } from '.';

const material = sharedMaterial('feeds', 'formats', 'vuls-data-update-fetch-fixtures.tar.gz');
const archives = new Map([
  ['pkg/fetch/ubuntu/osv/happy/osv-all.tar.xz', 'osv/osv-all.tar.xz'],
  ['pkg/fetch/ubuntu/vex/vex-all.tar.xz', 'vex/vex-all.tar.xz'],
]);

(material === undefined ? describe.skip : describe)('excerpts of the archives as Canonical serves them', () => {
  let directory: string;

  beforeAll(async () => {
    directory = mkdtempSync(path.join(tmpdir(), 'clarion-ubuntu-'));
    const body = createReadStream(material ?? '').pipe(createGunzip());
    const accept = (name: string): boolean => archives.has(name);
    for await (const member of archiveMembers(body, { label: 'excerpts', accept })) {
      const file = path.join(directory, archives.get(member.name) ?? '');
      mkdirSync(path.dirname(file), { recursive: true });
      writeFileSync(file, member.problem === undefined ? member.content : '');
    }
  });

  afterAll(() => {
    rmSync(directory, { recursive: true, force: true });
  });

  async function read(name: string, ...packages: readonly string[]): Promise<CountedRecords> {
    const answer = await directoryUpstream(directory).get(name);
    if (answer.kind !== 'content') throw new Error(`no ${name}`);
    return countRecords(ubuntu.parse({ name, body: answer.body }), new Set(packages));
  }

  it('state four fixes, and a notice whose kernels they leave to its CVEs', async () => {
    const found = await read('osv/osv-all.tar.xz', 'ubuntu:22.04 rabbitmq-server');
    expect(found).toMatchObject({ groups: 4, advisories: 4, texts: 2, problems: [] });
    expect(found.byNamespace).toEqual({ 'ubuntu:20.04': 1, 'ubuntu:22.04': 1, 'ubuntu:24.04': 1, 'ubuntu:24.10': 1 });
    expect(found.about('ubuntu:22.04', 'rabbitmq-server', 'CVE-2024-51988')).toMatchObject([
      { state: 'fixed', ranges: [{ fixed: '3.9.27-0ubuntu0.1' }], severity: 'Medium' },
    ]);
  });

  it('state what is open and what is not affected, in a wrapped head, beside an empty document', async () => {
    const found = await read('vex/vex-all.tar.xz', 'ubuntu:24.04 curl', 'ubuntu:20.04 curl', 'ubuntu:14.04 curl');
    expect(found).toMatchObject({ groups: 7, advisories: 7, texts: 0, problems: [] });
    const about = (release: string): unknown => found.about(`ubuntu:${release}`, 'curl', 'CVE-2025-0167');
    expect(about('24.04')).toMatchObject([{ state: 'affected' }]);
    expect(about('20.04')).toMatchObject([{ state: 'not_affected', reason: 'vulnerable_code_not_present' }]);
    expect(about('14.04')).toMatchObject([
      {
        state: 'not_affected',
        ranges: [{ introduced: '7.35.0-1ubuntu2.20+esm18' }],
        scope: { channel: 'esm-infra-legacy' },
      },
    ]);
  });
});
