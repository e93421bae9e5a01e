import type { Feature } from '@clarion/model';
import { testBudget } from '@clarion/test-kit';
import fc from 'fast-check';
import { dpkg } from './index';
import { isSideFile, parseStatus } from './parse';

const path = 'var/lib/dpkg/status';

function parse(text: string, file = path, budget = testBudget()): ReturnType<typeof parseStatus> {
  return parseStatus({ path: file, content: Buffer.from(text) }, budget);
}

const installed = 'Status: install ok installed\n';

describe('dpkg', () => {
  it.each<[status: string, listed: boolean]>([
    ['install ok installed', true],
    ['deinstall ok installed', true],
    ['purge ok installed', true],
    ['hold ok installed', true],
    ['install reinstreq half-installed', true],
    ['install ok unpacked', true],
    ['install ok half-configured', true],
    ['install ok triggers-awaited', true],
    ['install ok triggers-pending', true],
    ['deinstall ok config-files', false],
    ['purge ok not-installed', false],
    ['unknown ok not-installed', false],
    ['Deinstall OK Config-Files', false],
    ['install\tok\n installed', true],
  ])('with the status "%s" is listed: %s', (status, listed) => {
    const { features, problems } = parse(`Package: a\nStatus: ${status}\nVersion: 1\n`);
    expect([features.length, problems]).toEqual([listed ? 1 : 0, []]);
  });

  // dpkg rejects each of them: "has trailing junk", "is missing a value", "has invalid value".
  it.each<[status: string, listed: boolean]>([
    ['install ok installed config-files', true],
    ['install ok installed\n config-files', true],
    ['deinstall ok config-files installed', true],
    ['install ok removed', true],
    ['install ok', true],
    ['', true],
    ['deinstall ok config-files not-installed', false],
    ['deinstall hold config-files', false],
    ['gone ok config-files', false],
  ])('with the invalid status "%s" is a problem, and listed: %s', (status, listed) => {
    const { features, problems } = parse(`Package: a\nStatus: ${status}\nVersion: 1\n`);
    const message = `dpkg has no such state of "a": ${JSON.stringify(status.replace('\n ', '\n'))}`;
    expect([features.length, problems]).toEqual([listed ? 1 : 0, [{ code: 'bad-record', path, message }]]);
  });

  it.each<[fields: string, publisher: string | undefined]>([
    ['Vendor: Acme Inc.\n', 'Acme Inc.'],
    ['Origin: Acme\n', 'Acme'],
    ['Origin: debian\nVendor: none\n', 'none'],
    ['Maintainer: Acme <a@acme.example>\n', undefined],
  ])('with %j has the publisher %j', (fields, publisher) => {
    const { features } = parse(`Package: a\n${installed}Version: 1\n${fields}`);
    expect(features.map((feature) => feature.publisher)).toEqual([publisher]);
  });

  it.each<[written: string, name: string, isLegal: boolean]>([
    ['OpenSSL', 'openssl', true],
    ['libstdc++6', 'libstdc++6', true],
    ['0ad_x.y', '0ad_x.y', true],
    ['libssl3:amd64', 'libssl3:amd64', false],
    ['-a', '-a', false],
    ['a b', 'a b', false],
    ['a\u200b', 'a\u200b', false],
    ['lib\n ssl3', 'lib\nssl3', false],
  ])('of the name %j is listed as %j', (written, name, isLegal) => {
    const { features, problems } = parse(`Package: ${written}\n${installed}Version: 1\n`);
    expect(features.map((feature) => [feature.name, feature.source?.name])).toEqual([[name, name]]);
    const message = `${JSON.stringify(written.replace('\n ', '\n'))} is not a name of a package of dpkg`;
    expect(problems).toEqual(isLegal ? [] : [{ code: 'bad-record', path, message }]);
  });

  it.each<[field: string, source: Feature['source']]>([
    ['', { name: 'a', version: '1:2-3+b1' }],
    ['Source: src', { name: 'src', version: '1:2-3+b1' }],
    ['Source: SRC', { name: 'src', version: '1:2-3+b1' }],
    ['Source: Src (1)', { name: 'src', version: '1' }],
    ['Source: src (1:2-3)', { name: 'src', version: '1:2-3' }],
    ['Source: src (99', { name: 'src', version: '1:2-3+b1' }],
    ['Source: src (((', { name: 'src', version: '1:2-3+b1' }],
    ['Source: src ()', { name: 'src', version: '1:2-3+b1' }],
    ['Source: (2)', { name: 'a', version: '2' }],
    ['Source:', { name: 'a', version: '1:2-3+b1' }],
  ])('reads "%s"', (field, source) => {
    const { features, problems } = parse(`Package: a\n${installed}Version: 1:2-3+b1\n${field}\n`);
    expect(features.map((feature) => feature.source)).toEqual([source]);
    const isOpen = field.includes('(') && !field.includes(')');
    expect(problems.map(({ code }) => code)).toEqual(isOpen ? ['bad-record'] : []);
  });

  it('lists a package whose stanza has the type of a vcpkg port, if other packages do not', () => {
    const { features, problems } = parse(
      `Package: a\n${installed}Version: 1\n\nPackage: b\n${installed}Version: 2\nType: Port\n`,
    );
    expect([features.map(({ name }) => name), problems]).toEqual([['a', 'b'], []]);
  });

  it.each<[what: string, text: string, codes: readonly string[]]>([
    ['nothing', '', []],
    ['blank lines', '\n \n\t\n', []],
    ['text without fields', 'what is this\n', ['bad-record', 'bad-record', 'unreadable-database']],
    ['stanzas without a package', 'Version: 1\n\nVersion: 2\n', ['bad-record', 'bad-record', 'unreadable-database']],
    ['removed packages only', 'Package: a\nStatus: deinstall ok config-files\n', []],
    ['a name of absurd length', `Package: ${'a'.repeat(5000)}\n${installed}Version: 1\n`, ['bad-record']],
  ])('reads no package from %s and reports the right problems', (_, text, codes) => {
    const { features, problems } = parse(text, 'var/lib/dpkg/status.d/x');
    expect(features).toEqual([]);
    expect(problems.map((problem) => problem.code)).toEqual(codes);
  });

  it('distinguishes a package without a status from one in status.d', () => {
    const text = 'Package: a\nVersion: 1\n';
    const message = 'The stanza at line 1 does not say whether "a" is installed: it is not listed';
    expect(parse(text)).toEqual({ features: [], problems: [{ code: 'bad-record', path, message }] });
    const { features, problems } = parse(text, 'var/lib/dpkg/status.d/a');
    expect([features.length, problems]).toEqual([1, []]);
  });

  // dpkg rejects each of them: "duplicate value for 'Package' field".
  it.each<[what: string, text: string, found: readonly string[], said: readonly string[]]>([
    [
      'whose blank line is lost',
      `Package: a\n${installed}Version: 1\nPackage: b\n${installed}Source: s\nVersion: 2\n`,
      ['a 1 a', 'b 2 s'],
      ['In the stanza at line 1 another one begins: a blank line is missing'],
    ],
    [
      'with two versions',
      `Package: a\n${installed}Version: 9\nVersion: 1\n`,
      ['a 9 a', 'a 1 a'],
      ['The stanza at line 1 has "version" more than once: each value is taken into account'],
    ],
    [
      'with one version twice',
      `Package: a\n${installed}Version: 1\nVersion: 1\n`,
      ['a 1 a'],
      ['The stanza at line 1 has "version" more than once: each value is taken into account'],
    ],
    [
      'with two versions and two sources',
      `Package: a\n${installed}Version: 9\nSource: s\nVersion: 1\nSource: t\n`,
      ['a 9 s', 'a 1 s', 'a 9 t', 'a 1 t'],
      ['The stanza at line 1 has "version", "source" more than once: each value is taken into account'],
    ],
    [
      'with two states, of which one is installed',
      `Package: a\nStatus: deinstall ok config-files\n${installed}Version: 1\n`,
      ['a 1 a'],
      ['The stanza at line 1 has "status" more than once: each value is taken into account'],
    ],
    [
      'with a name twice',
      `Package: a\nPackage: b\n${installed}Version: 1\n`,
      ['b 1 b'],
      [
        'The stanza at line 1 does not say whether "a" is installed: it is not listed',
        'In the stanza at line 1 another one begins: a blank line is missing',
      ],
    ],
  ])('reads what it can of a stanza %s, and reports the problem', (_, text, found, messages) => {
    const { features, problems } = parse(text);
    const shown = features.map(({ name, version, source }) => `${name} ${version} ${source?.name ?? ''}`);
    expect([shown, problems.map(({ message }) => message)]).toEqual([found, messages]);
  });

  it('lists what dpkg had not merged when it was interrupted, and reports it', async () => {
    const content = Buffer.from(`Package: a\n${installed}Version: 1\n`);
    const paths = ['0000', '0001', '0002.tmp', 'tmp.i'].map((name) => `var/lib/dpkg/updates/${name}`);
    const files = paths.map((file, n) => ({ path: file, content: n === 0 ? Buffer.alloc(0) : content }));
    const { features, problems } = await dpkg.detect(files, testBudget());
    expect(features?.map((feature) => feature.path)).toEqual(['var/lib/dpkg/updates/0001']);
    expect(problems).toMatchObject([{ code: 'bad-record', path: 'var/lib/dpkg/updates/0001' }]);
  });

  it('reports ten bad stanzas and counts the rest', () => {
    const { problems } = parse(`Package: a\n${installed}\n`.repeat(25));
    expect(problems).toHaveLength(11);
    expect(problems.at(-1)?.message).toBe('15 more problems of this kind');
  });

  it('stops at more packages than any real image has', () => {
    const budget = testBudget();
    const { features } = parse(`Package: a\n${installed}Version: 1\n\n`.repeat(100_002), path, budget);
    expect(features).toHaveLength(100_000);
    expect(budget.problem()?.code).toBe('limit-reached');
  });

  it.each([
    ['var/lib/dpkg/status.d/a.md5sums', true],
    ['var/lib/dpkg/status.d/a.preinst', true],
    ['var/lib/dpkg/status.d/python3.11-minimal', false],
    ['var/lib/dpkg/status.d/libstdc++6', false],
    ['var/lib/dpkg/status', false],
    ['var/lib/dpkg/updates/0001', false],
    ['var/lib/dpkg/updates/12345', false],
    ['var/lib/dpkg/updates/0001.tmp', true],
  ])('treats %s as a side file: %s', (file, expected) => {
    expect(isSideFile({ path: file, content: Buffer.from('/usr/bin/a\n') })).toBe(expected);
  });

  it('never treats a control file as a side file, whatever its name', () => {
    const content = Buffer.from('Package: a\nVersion: 1\n');
    expect(isSideFile({ path: 'var/lib/dpkg/status.d/a.list', content })).toBe(false);
  });

  it('reads lines of half a megabyte and very many continuation lines', () => {
    const long = `Package: a\nDepends: ${'b, '.repeat(200_000)}\nVersion: 1\n${installed}Conffiles:\n${' /etc/x 1\n'.repeat(50_000)}`;
    expect(parse(long).features).toHaveLength(1);
  });

  it('requests neither the list of available packages nor the old status', () => {
    const paths = dpkg.files.paths.filter((path) => !/^var\/lib\/dpkg\/updates\/[0-9]\*$|^etc\//.test(path));
    expect(paths).toEqual(['var/lib/dpkg/status', 'var/lib/dpkg/status.d/*']);
  });
});

describe('a damaged status file of dpkg', () => {
  const sound = Array.from({ length: 9 }, (_, at) => `Package: p${at}\n${installed}Version: ${at}\n\n`).join('');

  it.each<[what: string, text: string]>([
    [
      'that goes on with other bytes',
      sound.slice(0, 100) + Buffer.from(new Uint8Array(300).fill(0xb5)).toString('latin1'),
    ],
    ['with a line that is not a field', sound.replace('Version: 3', 'Version: 3\nwhat is this')],
    ['whose record has no name', sound.replace('Package: p4', 'Pakage: p4')],
  ])('%s is a problem', (_what, text) => {
    expect(parse(text).problems).toContainEqual(expect.objectContaining({ code: 'bad-record', path }));
  });

  it('is a problem wherever other bytes overwrite it', () => {
    fc.assert(
      fc.property(fc.nat(sound.length - 40), fc.uint8Array({ minLength: 40, maxLength: 40 }), (at, bytes) => {
        const content = Buffer.from(sound);
        // None of these bytes creates a field or separates records.
        content.set(
          bytes.map((byte) => (byte === 0x3a || byte === 0x0a ? 0 : byte)),
          at,
        );
        const { features, problems } = parseStatus({ path, content }, testBudget());
        expect(features.length === 9 || problems.length > 0).toBe(true);
      }),
    );
  });
});

describe('the configuration of dpkg', () => {
  it.each<[what: string, file: string, text: string, folder: string | undefined]>([
    ['nothing about it', 'etc/dpkg/dpkg.cfg', 'no-debsig\nlog /var/log/dpkg.log\n', undefined],
    ['a comment', 'etc/dpkg/dpkg.cfg', '# admindir=/srv/db\n', undefined],
    ['the usual folder', 'etc/dpkg/dpkg.cfg', 'admindir /var/lib/dpkg/\r\n', undefined],
    ['a file that dpkg does not read', 'etc/dpkg/dpkg.cfg.d/a.disabled', 'admindir=/srv/db\n', undefined],
    ['another folder', 'etc/dpkg/dpkg.cfg', 'admindir=/srv/db\n', '/srv/db'],
    ['another folder, with a slash at its end', 'etc/dpkg/dpkg.cfg', 'admindir srv/./db/\n', '/srv/db'],
    ['another folder, as an option', 'etc/dpkg/dpkg.cfg.d/moved', 'no-pager\n--admindir "/srv/db"\n', '/srv/db'],
    ['another root', 'etc/dpkg/dpkg.cfg.d/moved', 'root /srv\n', '/srv/var/lib/dpkg'],
  ])('with %s reports whether the database is read', async (_what, file, text, folder) => {
    const message = `dpkg keeps its database in "${folder ?? ''}", which is not read`;
    expect(await dpkg.detect([{ path: file, content: Buffer.from(text) }], testBudget())).toEqual({
      features: [],
      problems: folder === undefined ? [] : [{ code: 'unreadable-database', path: file, message }],
    });
  });
});
