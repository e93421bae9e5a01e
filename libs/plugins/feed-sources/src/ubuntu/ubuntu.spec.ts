import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { archiveMembers } from '@clarion/file-formats/documents';
import { type AdvisoryGroup, ClarionError, type FeedRecord } from '@clarion/model';
import { directoryUpstream } from '@clarion/feed-upstreams';
import { buildTar, directory, file } from '@clarion/test-kit';
import { ubuntu } from '.';

const testdata = path.join(__dirname, 'testdata');
const archives = ['osv/osv-all.tar.xz', 'vex/vex-all.tar.xz'] as const;

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  await Promise.resolve();
  yield bytes;
}

async function* bodyOf(name: string): AsyncGenerator<Uint8Array> {
  const answer = await directoryUpstream(path.join(testdata, 'input')).get(name);
  if (answer.kind !== 'content') throw new Error(`no ${name}`);
  yield* answer.body;
}

async function parse(name: string, body: AsyncIterable<Uint8Array>): Promise<FeedRecord[]> {
  const records: FeedRecord[] = [];
  for await (const record of ubuntu.parse({ name, body })) records.push(record);
  return records;
}

function groupsOf(records: readonly FeedRecord[]): readonly AdvisoryGroup[] {
  return records.flatMap((record) => (record.kind === 'group' ? [record.group] : []));
}

describe('archives of Ubuntu', () => {
  it.each([
    [archives[0], 'osv'],
    [archives[1], 'vex-all'],
  ])('%s of the test data is made of testdata/records/%s', async (archive, top) => {
    const packed = new Map<string, string>();
    for await (const member of archiveMembers(bodyOf(archive), { label: archive })) {
      packed.set(member.name, member.problem ?? Buffer.from(member.content).toString());
    }
    const base = path.join(testdata, 'records');
    const names = readdirSync(path.join(base, top), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.json'))
      .map((name) => path.posix.join(top, name))
      .sort();
    expect([...packed.keys()].sort()).toEqual(names);
    for (const name of names) expect(packed.get(name)).toBe(readFileSync(path.join(base, name), 'utf8'));
  });

  const record = { id: 'UBUNTU-CVE-2024-1', affected: [] };
  const cve = { ...record, id: 'UBUNTU-CVE-2024-6387', details: 'x' };

  it.each(['UBUNTU-CVE-2024-6387.json', 'osv/cve/2024/UBUNTU-CVE-2024-6387.json', './a/b/UBUNTU-CVE-2024-6387.json'])(
    'finds %s in any folder',
    async (name) => {
      const tar = buildTar([
        file(name, JSON.stringify(cve)),
        file('osv/lsn/LSN-0108-1.json', '{}'),
        file('x.json', '{'),
      ]);
      expect(await parse(archives[0], once(tar))).toEqual([
        {
          kind: 'vulnerability',
          text: { feed: 'ubuntu', id: 'CVE-2024-6387', aliases: ['UBUNTU-CVE-2024-6387'], description: 'x' },
        },
      ]);
    },
  );

  it.each(archives)('an archive without records is not read as an empty %s', async (name) => {
    for (const entries of [[], [directory('osv'), file('osv/README', 'moved')]]) {
      await expect(parse(name, once(buildTar(entries)))).rejects.toMatchObject({ code: 'corrupt-data' });
    }
  });

  it('reports a truncated archive as damaged, after the records it could read', async () => {
    const tar = buildTar([file('UBUNTU-CVE-2024-6387.json', JSON.stringify(cve))]);
    await expect(parse(archives[0], once(tar.subarray(0, 1024)))).rejects.toBeInstanceOf(ClarionError);
  });

  it('keeps every other record when one is not JSON', async () => {
    const [osv, vex] = await Promise.all(archives.map((name) => parse(name, bodyOf(name))));
    expect(osv?.filter(({ kind }) => kind === 'problem')).toEqual([
      { kind: 'problem', record: 'UBUNTU-CVE-2025-99999', message: 'not JSON: Unexpected end of JSON input' },
    ]);
    expect(vex?.filter(({ kind }) => kind === 'problem')).toEqual([
      { kind: 'problem', record: 'CVE-2025-0195', message: 'No OpenVEX document' },
    ]);
    expect(groupsOf(osv ?? []).length + groupsOf(vex ?? []).length).toBe(19);
  });

  it('has one source a package, release and flaw: fixes in one archive, other states in the other', async () => {
    const fixed: string[] = [];
    const others: string[] = [];
    for (const name of archives) {
      for (const { namespace, package: source, advisories } of groupsOf(await parse(name, bodyOf(name)))) {
        for (const { id, state, scope } of advisories) {
          const key = [namespace, scope?.channel ?? '', source, id].join(' ');
          if (name === archives[0] && state === 'fixed') fixed.push(key);
          else if (name === archives[1]) others.push(key);
        }
      }
    }
    expect(fixed).toHaveLength(7);
    expect(others).toHaveLength(12);
    expect(fixed.filter((key) => others.includes(key))).toEqual([]);
  });
});
