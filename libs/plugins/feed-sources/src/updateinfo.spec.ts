import { readUpdateinfo, type UpdateinfoEntry } from './updateinfo';

async function* bytes(text: string, size: number): AsyncGenerator<Uint8Array> {
  await Promise.resolve();
  const all = Buffer.from(text);
  for (let at = 0; at < all.length; at += size) yield all.subarray(at, at + size);
}

async function read(text: string, size = 5): Promise<UpdateinfoEntry[]> {
  const updates: UpdateinfoEntry[] = [];
  for await (const update of readUpdateinfo(bytes(text, size))) updates.push(update);
  return updates;
}

const minimal = { id: '', references: [], builds: [], incomplete: 0 };

describe('readUpdateinfo', () => {
  it('reads an update as written', async () => {
    const text = `<?xml version="1.0" encoding="UTF-8"?>
      <updates>
        <update from="x" status="final" type="security" version="1.4">
          <id> RHSA-2024:1 </id>
          <title>Fix &lt;all&gt;</title>
          <severity>Important</severity>
          <issued date="2024-02-03 04:05:06"/>
          <references>
            <reference href="https://example.org/" id="CVE-2024-0001" type="cve"/>
            <reference id="1234" type="bugzilla" title="t"/>
          </references>
          <pkglist>
            <collection short="a">
              <name>a</name>
              <module name="nodejs" stream="18" version="9" context="c" arch="x86_64"/>
              <package name="nodejs" epoch="1" version="18.1" release="2.el9" arch="x86_64" src="n.src.rpm">
                <filename>n.rpm</filename><sum type="sha256">00</sum>
              </package>
            </collection>
            <collection>
              <package name="p" version="1" release="2" arch="noarch" epoch=""/>
              <package name="q" version="1" arch="noarch"/>
            </collection>
          </pkglist>
        </update>
      </updates>`;
    expect(await read(text)).toEqual([
      {
        id: 'RHSA-2024:1',
        type: 'security',
        severity: 'Important',
        issued: '2024-02-03',
        references: [
          { type: 'cve', id: 'CVE-2024-0001' },
          { type: 'bugzilla', id: '1234' },
        ],
        builds: [
          {
            name: 'nodejs',
            version: '18.1',
            release: '2.el9',
            architecture: 'x86_64',
            epoch: '1',
            module: 'nodejs:18',
          },
          { name: 'p', version: '1', release: '2', architecture: 'noarch', epoch: undefined, module: undefined },
        ],
        incomplete: 1,
      },
    ]);
  });

  it.each([
    ['an empty update', '<updates><update/></updates>', [minimal]],
    ['several updates', '<updates><update><id>1</id></update><update><id>2</id></update></updates>', 2],
    ['an invalid date', '<updates><update><issued date="yesterday"/></update></updates>', [minimal]],
    ['no updates', '<updates></updates>', []],
  ])('reads %s', async (_, text, expected) => {
    const found = await read(text);
    if (typeof expected === 'number') expect(found).toHaveLength(expected);
    else expect(found).toMatchObject(expected);
  });

  it.each([
    ['nothing', ''],
    ['another document', '<repomd/>'],
    ['a document cut off', '<updates><update>'],
    ['an entity of its own', '<!DOCTYPE updates [<!ENTITY a "b">]><updates><update><id>&a;</id></update></updates>'],
    ['an unknown entity', '<updates><update><id>&a;</id></update></updates>'],
  ])('refuses %s', async (_, text) => {
    await expect(read(text)).rejects.toMatchObject({ code: 'corrupt-data' });
  });
});
