// Turns Ubuntu CVE tracker files as parsed by others (newline-delimited JSON, gzip) back into the archives that
// Canonical makes of that tracker: osv/osv-all.tar.xz and vex/vex-all.tar.xz. SYNTHETIC: real facts in a generated
// form, for volume only. The archives are compressed with gzip, whatever their names say; readers detect this by the
// first bytes.
// Usage: node tools/feeds/uct-parsed-to-osv.mjs uct-parsed.ndjson.gz DIRECTORY [YEAR…]
import { createReadStream, createWriteStream, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { finished } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import { pack } from 'tar-stream';
import { neededArguments } from '../setup/needed-arguments.mjs';

const [input, output, ...years] = neededArguments(['uct-parsed.ndjson.gz', 'DIRECTORY'], '[YEAR…]');

const ecosystems = new Map([
  ['focal', 'Ubuntu:20.04:LTS'],
  ['jammy', 'Ubuntu:22.04:LTS'],
  ['noble', 'Ubuntu:24.04:LTS'],
  ['esm-apps/focal', 'Ubuntu:Pro:20.04:LTS'],
  ['esm-apps/jammy', 'Ubuntu:Pro:22.04:LTS'],
  ['esm-apps/noble', 'Ubuntu:Pro:24.04:LTS'],
  ['fips/focal', 'Ubuntu:Pro:FIPS:20.04:LTS'],
  ['fips-updates/focal', 'Ubuntu:Pro:FIPS-updates:20.04:LTS'],
]);
const pro = 'Available with Ubuntu Pro: https://ubuntu.com/pro';
const thisPackage = 'This package (for the given release)';
const unaffected = `${thisPackage}, while related to the CVE in some way, is not affected by the issue.`;
const vulnerable = `${thisPackage} is vulnerable to the CVE`;

/** All (archive, source package, status, note) of a record, in the tracker's order. */
function rowsOf(record) {
  return Object.entries(record.packages).flatMap(([distro, packages]) =>
    ecosystems.has(distro)
      ? Object.values(packages).map(({ name, status, note = '' }) => ({ distro, name, status, note }))
      : [],
  );
}

/** The version at the start of a note. */
function versionOf(note) {
  const word = note.split(/\s/, 1)[0].replace(/[,;]+$/, '');
  return /^\d[\w.+~:-]*$/.test(word) && !/^\d{4}-\d{2}-\d{2}$/.test(word) ? word : undefined;
}

function purlOf({ name, distro }, version, arch = 'source') {
  const at = version === undefined ? '' : `@${version.replaceAll(':', '%3A')}`;
  return `pkg:deb/ubuntu/${name}${at}?arch=${arch}${arch === 'source' ? `&distro=${distro}` : ''}`;
}

/** As the documentation maps statuses: `released` has a fix, `DNE` and `not-affected` are absent, all others are open. */
function affectedOf(row, priority) {
  const fixed = row.status === 'released' ? versionOf(row.note) : undefined;
  if (row.status === 'not-affected') return [];
  const events = [{ introduced: '0' }, ...(fixed === undefined ? [] : [{ fixed }])];
  return [
    {
      package: { ecosystem: ecosystems.get(row.distro), name: row.name, purl: purlOf(row, fixed) },
      ranges: [{ type: 'ECOSYSTEM', events }],
      versions: [],
      ecosystem_specific: {
        binaries: [{ binary_name: row.name, binary_version: fixed ?? '' }],
        availability: row.distro.includes('/') ? pro : 'No subscription required',
        ubuntu_priority: priority,
      },
    },
  ];
}

function timeOf({ public_date: date = '' }) {
  const [, day, clock] = /^(\d{4}-\d{2}-\d{2})(?: (\d{2}:\d{2}:\d{2}))?/.exec(date) ?? [];
  return day === undefined ? undefined : `${day}T${clock ?? '00:00:00'}Z`;
}

function osvOf(record, rows) {
  const { candidate, description, priority, cvss = {} } = record;
  const vectors = Object.values(cvss).map((text) => text.trim().split(/\s/, 1)[0]);
  return {
    schema_version: '1.7.0',
    id: `UBUNTU-${candidate}`,
    details: description,
    aliases: [],
    related: [],
    upstream: [candidate],
    severity: [
      ...vectors.filter((text) => text.startsWith('CVSS:3')).map((score) => ({ type: 'CVSS_V3', score })),
      { type: 'Ubuntu', score: priority },
    ],
    published: timeOf(record),
    modified: '2024-08-09T00:00:00Z',
    affected: rows.flatMap((row) => affectedOf(row, priority)),
    references: [{ type: 'REPORT', url: `https://ubuntu.com/security/${candidate}` }],
  };
}

/** The members of an OpenVEX statement for a status, apart from its products. */
function wordsOf({ status, note }) {
  switch (status) {
    case 'released':
      return {
        status: 'fixed',
        status_notes: `${thisPackage} was vulnerable, but an update has been uploaded and published.`,
      };
    case 'not-affected':
      return { status: 'not_affected', justification: 'vulnerable_code_not_present', impact_statement: unaffected };
    case 'needs-triage':
      return { status: 'under_investigation' };
    case 'deferred':
      return { status: 'affected', action_statement: `${vulnerable}, but a fix has been deferred.` };
    case 'ignored':
      return /end of (?:life|standard support|kernel support)/.test(note)
        ? { status: 'affected', action_statement: `${thisPackage} is no longer supported.` }
        : {
            status: 'affected',
            action_statement: `${vulnerable}, the problem is understood, but the Ubuntu Security Team decided to not fix it.`,
          };
    default:
      return { status: 'affected', action_statement: `${vulnerable} and needs fixing.` };
  }
}

function vexOf(record, rows) {
  const { candidate, description } = record;
  const statements = new Map();
  for (const row of rows) {
    const words = wordsOf(row);
    const key = JSON.stringify(words);
    const statement = statements.get(key) ?? { words, products: [] };
    statements.set(key, statement);
    const version = versionOf(row.note);
    statement.products.push({ '@id': purlOf(row, version) }, { '@id': purlOf(row, version, 'amd64') });
  }
  const site = 'https://github.com/canonical/ubuntu-security-notices/blob/main/vex/cve';
  return {
    metadata: {
      '@context': 'https://openvex.dev/ns/v0.2.0',
      '@id': `${site}/${candidate.slice(4, 8)}/${candidate}`,
      author: 'Canonical Ltd.',
      timestamp: '2024-08-09T00:00:00.000000',
      version: 1,
    },
    statements: [...statements.values()].map(({ words, products }) => ({
      vulnerability: { '@id': `https://nvd.nist.gov/vuln/detail/${candidate}`, name: candidate, description },
      timestamp: timeOf(record)?.slice(0, 10),
      products,
      ...words,
    })),
  };
}

function openArchive(name) {
  const file = join(output, name);
  mkdirSync(dirname(file), { recursive: true });
  const archive = pack();
  const done = finished(archive.pipe(createGzip({ level: 1 })).pipe(createWriteStream(file)));
  return {
    // Called back when the entry has gone on: the archive is never whole in memory.
    add: (path, value) =>
      new Promise((done, fail) => {
        const content = JSON.stringify(value);
        archive.entry({ name: path, mtime: new Date(0) }, content, (error) => (error ? fail(error) : done(undefined)));
      }),
    async close() {
      archive.finalize();
      await done;
    },
  };
}

const osv = openArchive('osv/osv-all.tar.xz');
const vex = openArchive('vex/vex-all.tar.xz');
let [records, statements] = [0, 0];
for await (const line of createInterface({
  input: createReadStream(input).pipe(createGunzip()),
  crlfDelay: Infinity,
})) {
  if (line === '') continue;
  const record = JSON.parse(line);
  const year = record.candidate.slice(4, 8);
  if (years.length > 0 && !years.includes(year)) continue;
  const rows = rowsOf(record);
  await osv.add(`osv/cve/${year}/UBUNTU-${record.candidate}.json`, osvOf(record, rows));
  await vex.add(`vex/cve/${year}/${record.candidate}.json`, vexOf(record, rows));
  records += 1;
  statements += rows.length;
}
await osv.close();
await vex.close();
console.log(`${records} records, ${statements} statuses`);
