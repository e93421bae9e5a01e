import type { FeedRecord } from '@clarion/model';
import { type OwnFeedOptions, ownFeed } from './own-feed';

const here: OwnFeedOptions = { id: 'own', format: 'osv', baseUrl: 'file:///srv/own/' };
const elsewhere: OwnFeedOptions = { ...here, baseUrl: 'https://acme.example/own/' };

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  await Promise.resolve();
  yield bytes;
}

async function read(options: OwnFeedOptions, name: string, content: string): Promise<FeedRecord[]> {
  const records: FeedRecord[] = [];
  for await (const record of ownFeed(options).parse({ name, body: once(Buffer.from(content)) })) records.push(record);
  return records;
}

function about(ecosystem: string): string {
  const ranges = [{ type: 'ECOSYSTEM', events: [{ introduced: '0' }, { fixed: '2.1-1' }] }];
  return JSON.stringify({ id: 'ACME-1', affected: [{ package: { ecosystem, name: 'x' }, ranges }] });
}

describe('a release that is not known yet', () => {
  const doubt = {
    ...{ kind: 'problem', doubt: true },
    message: expect.stringContaining('No known release is called "debian:15"') as string,
  };

  it.each([here, elsewhere])('is read and reported as a problem: %p', async (options) => {
    const found = await read(options, 'a.json', about('Debian:15'));
    expect(found.filter(({ kind }) => kind === 'problem')).toEqual([{ ...doubt, record: 'ACME-1' }]);
    expect(found).toContainEqual(
      expect.objectContaining({ kind: 'group', group: expect.objectContaining({ namespace: 'debian:15' }) as object }),
    );
  });

  it('is reported for SecDB data, and rejected if the release cannot exist', async () => {
    const secdb: OwnFeedOptions = { ...here, format: 'secdb', namespace: 'alpine:v3.24' };
    const document = { packages: [{ pkg: { name: 'acme', secfixes: { '1.0-r1': ['CVE-2024-0001'] } } }] };
    expect(await read(secdb, 'a.json', JSON.stringify(document))).toEqual([
      expect.objectContaining({ kind: 'problem', doubt: true, record: 'a.json' }),
      expect.objectContaining({ kind: 'group' }),
    ]);
    expect(() => ownFeed({ ...secdb, namespace: 'alpine:v3.99' })).toThrow(
      expect.objectContaining({ remedy: 'did you mean "alpine:v3.9"?' }) as Error,
    );
  });
});
