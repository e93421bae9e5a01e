import type { Advisory, FeedRecord } from '@clarion/model';
import { oracleOval } from '.';

async function* once(text: string): AsyncGenerator<Uint8Array> {
  await Promise.resolve();
  yield Buffer.from(text);
}

/** A document with one erratum for release 8 on x86_64; `criteria` is inside an AND with both. */
function elsa(criteria: string, { tests = '', objects = '', states = '', metadata = '' } = {}): string {
  return `<oval_definitions xmlns:ind="urn:i"><definitions>
    <definition id="oval:com.oracle.elsa:def:20990001" class="patch"><metadata>
      <reference source="elsa" ref_id="ELSA-2099-0001"/><reference source="CVE" ref_id="CVE-2099-0001"/>${metadata}
    </metadata><criteria operator="AND">
      <criterion test_ref="release" comment=""/><criterion test_ref="machine" comment=""/>${criteria}
    </criteria></definition></definitions>
    <tests>${rpmTest('release', 'release', 'el8')}${rpmTest('machine', 'release', 'x86_64')}
      ${rpmTest('a', 'a', 'evr')}${rpmTest('b', 'b', 'evr')}${rpmTest('key', 'a', 'key')}${tests}</tests>
    <objects>${rpmObject('release', 'oraclelinux-release')}${rpmObject('a', 'a')}${rpmObject('b', 'b')}${objects}</objects>
    <states>${rpmState('el8', '<version operation="pattern match">^8</version>')}
      ${rpmState('x86_64', '<arch operation="pattern match">x86_64</arch>')}
      ${rpmState('evr', '<evr datatype="evr_string" operation="less than">0:1-2.el8</evr>')}
      ${rpmState('key', '<signature_keyid operation="equals">1</signature_keyid>')}${states}</states></oval_definitions>`;
}

function rpmTest(id: string, object: string, state: string, more = 'check="at least one"'): string {
  return `<rpminfo_test id="${id}" ${more}><object object_ref="${object}"/><state state_ref="${state}"/></rpminfo_test>`;
}

function rpmObject(id: string, name: string): string {
  return `<rpminfo_object id="${id}"><name>${name}</name></rpminfo_object>`;
}

function rpmState(id: string, entity: string): string {
  return `<rpminfo_state id="${id}">${entity}</rpminfo_state>`;
}

const criterion = (test: string, comment = ''): string => `<criterion test_ref="${test}" comment="${comment}"/>`;

interface ReadResult {
  /** `oracle:8 a < 1-2.el8 [i686 x86_64]`. */
  readonly rows: readonly string[];
  readonly problems: readonly string[];
}

async function readOval(xml: string): Promise<ReadResult> {
  const rows: string[] = [];
  const problems: string[] = [];
  for (const record of await recordsOf(xml)) {
    if (record.kind === 'problem') problems.push(record.message);
    if (record.kind !== 'group') continue;
    const { namespace, package: name, advisories } = record.group;
    for (const advisory of advisories) rows.push(`${namespace} ${name} ${describeRow(advisory)}`);
  }
  return { rows, problems };
}

function describeRow({ ranges, scope }: Advisory): string {
  const { architectures = [], module, flavour } = scope ?? {};
  const extras = [module, flavour].filter((text) => text !== undefined).map((text) => ` ${text}`);
  return `< ${ranges?.[0]?.fixed ?? ''} [${architectures.join(' ')}]${extras.join('')}`;
}

async function recordsOf(xml: string): Promise<FeedRecord[]> {
  const records: FeedRecord[] = [];
  for await (const record of oracleOval.parse({ name: 'com.oracle.elsa-all.xml', body: once(xml) })) {
    records.push(record);
  }
  return records;
}

const everyRow = ['oracle:8 a < 1-2.el8 [i686 x86_64]'];

describe('criteria of oracle-oval', () => {
  it.each([
    ['an erratum with its key', `<criteria operator="AND">${criterion('a')}${criterion('key')}</criteria>`],
    ['a test that is missing, read from its comment', criterion('gone', 'a is earlier than 0:1-2.el8')],
    ['a missing key test', `${criterion('a')}${criterion('gone', 'a is signed with the Oracle Linux 8 key')}`],
  ])('accept %s', async (_, criteria) => {
    expect(await readOval(elsa(criteria))).toEqual({ rows: everyRow, problems: [] });
  });

  it('create a row for each alternative', async () => {
    const criteria = `<criteria operator="OR">${criterion('a')}${criterion('b')}</criteria>`;
    const { rows } = await readOval(elsa(criteria));
    expect(rows).toEqual([...everyRow, 'oracle:8 b < 1-2.el8 [i686 x86_64]']);
  });

  it.each([
    ['negation', '<criterion test_ref="a" negate="true"/>', 'negated criterion'],
    ['negated criteria', `<criteria negate="true">${criterion('a')}</criteria>`, 'negated criteria'],
    ['one of', `<criteria operator="XOR">${criterion('a')}${criterion('b')}</criteria>`, 'operator XOR'],
    ['other definitions', '<extend_definition definition_ref="x"/>', 'extend_definition'],
    ['two packages', criterion('a') + criterion('b'), 'two packages at once'],
    ['no package', criterion('key'), 'without a package'],
    ['a missing test', criterion('gone', 'something else'), 'Test gone is missing'],
  ])('report %s as a problem and create no row', async (_, criteria, message) => {
    expect(await readOval(elsa(criteria))).toEqual({
      rows: [],
      problems: [expect.stringContaining(message) as string],
    });
  });

  it.each([
    ['none satisfy', rpmTest('x', 'a', 'evr', 'check="none satisfy"'), '', 'checks for "none satisfy"'],
    [
      'existence of none',
      rpmTest('x', 'a', 'evr', 'check="all" check_existence="none_exist"'),
      '',
      'checks for "none_exist"',
    ],
    ['a missing object', rpmTest('x', 'gone', 'evr'), '', 'names no package'],
    ['a missing state', rpmTest('x', 'a', 'gone'), '', 'missing state'],
    ['another operation', rpmTest('x', 'a', 'gt'), rpmState('gt', '<evr operation="greater than">0:1-1</evr>'), 'gre'],
    ['no version', rpmTest('x', 'a', 'no'), rpmState('no', '<evr operation="less than"> </evr>'), 'is not a version'],
    ['an unknown entity', rpmTest('x', 'a', 'ep'), rpmState('ep', '<epoch>1</epoch>'), 'asks for epoch'],
    ['a package of a fixed version', rpmTest('x', 'a', 'el8'), '', 'asks for no version'],
    ['another kind of test', '<rpmverify_test id="x" check="all"/>', '', 'a rpmverify_test'],
  ])('reject a test for %s', async (_, tests, states, message) => {
    const { rows, problems } = await readOval(elsa(criterion('x'), { tests, states }));
    expect({ rows, problems }).toEqual({ rows: [], problems: [expect.stringContaining(message) as string] });
  });

  it('keep valid alternatives beside invalid ones', async () => {
    const criteria = `<criteria operator="OR">${criterion('gone', '?')}${criterion('a')}</criteria>`;
    expect(await readOval(elsa(criteria))).toEqual({ rows: everyRow, problems: ['Test gone is missing'] });
  });

  it.each([
    ['stream\\s*=\\s*kvm_utils\\b[\\w\\W]*', 'virt:kvm_utils'],
    ['\\nstream\\s*=\\s*3\\.6\\b[\\w\\W]*', 'virt:3.6'],
    ['\\nstream\\s*=\\s*1.7044\\b[\\w\\W]*\\nstate', 'virt:1.7044'],
  ])('read the module from the pattern %s', async (pattern, module) => {
    const tests = `<ind:textfilecontent54_test id="m" check="all"><ind:object object_ref="m"/><ind:state state_ref="m"/></ind:textfilecontent54_test>`;
    const objects = `<ind:textfilecontent54_object id="m"><ind:filepath>/etc/dnf/modules.d/virt.module</ind:filepath></ind:textfilecontent54_object>`;
    const states = `<ind:textfilecontent54_state id="m"><ind:text operation="pattern match">${pattern}</ind:text></ind:textfilecontent54_state>`;
    const xml = elsa(criterion('m') + criterion('a'), { tests, objects, states });
    expect(await readOval(xml)).toEqual({ rows: [`${everyRow[0] ?? ''} ${module}`], problems: [] });
  });

  it.each([
    ['1-2.ksplice1.el8', ' ksplice'],
    ['10:1-2.el8_fips', ' fips'],
    ['1-2.el8uek', ''],
  ])('detect the flavour of %s', async (version, flavour) => {
    const states = rpmState('v', `<evr operation="less than">${version}</evr>`);
    const { rows } = await readOval(elsa(criterion('x'), { tests: rpmTest('x', 'a', 'v'), states }));
    expect(rows).toEqual([`oracle:8 a < ${version} [i686 x86_64]${flavour}`]);
  });

  it('take the release from the platform when no test names it', async () => {
    const metadata = '<affected><platform>Oracle Linux 5.11</platform><platform>Oracle Linux 10</platform></affected>';
    const xml = elsa(criterion('a'), { metadata }).replace(criterion('release'), '');
    const { rows } = await readOval(xml);
    expect(rows).toEqual(['oracle:5 a < 1-2.el8 [x86_64]', 'oracle:10 a < 1-2.el8 [i686 x86_64]']);
  });

  it('reject a definition without an erratum, and one of another class', async () => {
    const xml = elsa(criterion('a'));
    expect((await readOval(xml.replace('ELSA-2099-0001', 'none'))).problems).toEqual(['Definition names no erratum']);
    expect(await readOval(xml.replace('class="patch"', 'class="inventory"'))).toEqual({
      rows: [],
      problems: ['Definition of class "inventory"'],
    });
  });
});

describe('scores of oracle-oval', () => {
  it.each([
    ['v2 only', ['cvss2="5.1/AV:N/AC:H/Au:N/C:P/I:P/A:P"'], 'AV:N/AC:H/Au:N/C:P/I:P/A:P'],
    [
      'v3 before v2, whichever comes first',
      ['cvss3="3.3/CVSS:3.0/AV:L/AC:L/PR:L/UI:N/S:U/C:L/I:N/A:N"', 'cvss2="5.1/AV:N/AC:H/Au:N/C:P/I:P/A:P"'],
      'CVSS:3.0/AV:L/AC:L/PR:L/UI:N/S:U/C:L/I:N/A:N',
    ],
    ['no text that is not a vector', ['cvss3="high"'], undefined],
  ])('%s', async (_, attributes, vector) => {
    const metadata = `<advisory>${attributes.map((text) => `<cve ${text} public="20990102">CVE-2099-0001</cve>`).join('')}</advisory>`;
    const records = await recordsOf(elsa(criterion('a'), { metadata }));
    expect(records.filter(({ kind }) => kind === 'vulnerability')).toEqual([
      {
        kind: 'vulnerability',
        text: {
          feed: 'oracle-oval',
          id: 'CVE-2099-0001',
          published: '2099-01-02',
          ...(vector === undefined ? {} : { cvss: [{ source: 'linux.oracle.com', vector }] }),
        },
      },
    ]);
  });

  it('skips a definition with too many elements, reports it and reads the others', async () => {
    const large = elsa(`<criteria operator="OR">${criterion('a').repeat(200_000)}</criteria>`);
    const [, small = ''] = /(<definition [\s\S]*<\/definition>)/.exec(elsa(criterion('a'))) ?? [];
    expect(await readOval(large)).toEqual({ rows: [], problems: ['Definition is too large to be read'] });
    const both = await readOval(large.replace('</definitions>', `${small}</definitions>`));
    expect(both.problems).toEqual(['Definition is too large to be read']);
    expect(both.rows).toHaveLength(1);
  });

  it('treats a state with too many elements as missing', async () => {
    const huge = rpmState('huge', '<evr operation="less than">0:1-2.el8</evr>'.repeat(200_001));
    const { rows, problems } = await readOval(elsa(criterion('h'), { tests: rpmTest('h', 'a', 'huge'), states: huge }));
    expect([rows, problems.length]).toEqual([[], 1]);
  });
});
