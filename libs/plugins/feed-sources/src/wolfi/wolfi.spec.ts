import type { FeedRecord } from '@clarion/model';
import { wolfi } from '.';

async function* once(text: string): AsyncGenerator<Uint8Array> {
  await Promise.resolve();
  yield Buffer.from(text);
}

async function read(secfixes: object): Promise<FeedRecord[]> {
  const records: FeedRecord[] = [];
  const body = once(JSON.stringify({ packages: [{ pkg: { name: 'clarion-example', secfixes } }] }));
  for await (const record of wolfi.parse({ name: 'security.json', body })) records.push(record);
  return records;
}

describe('wolfi', () => {
  it('is off until it is switched on, and says under which licence', () => {
    expect(wolfi.enabled).toBe(false);
    expect(wolfi.licence).toContain('CC BY-NC-ND 4.0');
  });

  it('covers one namespace, which has no releases', async () => {
    expect(await read({ '1.0-r1': ['CVE-2099-0001'] })).toEqual([
      {
        kind: 'group',
        group: {
          namespace: 'wolfi',
          package: 'clarion-example',
          feed: 'wolfi',
          document: 'security.json',
          nameKind: 'source',
          scheme: 'apk',
          advisories: [{ id: 'CVE-2099-0001', state: 'fixed', ranges: [{ fixed: '1.0-r1' }] }],
        },
      },
    ]);
  });

  it('has the ids of GitHub as separate flaws, since each is in a separate string', async () => {
    expect(await read({ '0': ['GHSA-0000-0000-0001', 'CVE-2099-0001'] })).toMatchObject([
      {
        group: {
          advisories: [
            { id: 'GHSA-0000-0000-0001', state: 'not_affected' },
            { id: 'CVE-2099-0001', state: 'not_affected' },
          ],
        },
      },
    ]);
  });
});
