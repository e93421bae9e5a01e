// Compares Clarion's findings for rpm distributions with an independent recomputation: raw advisory data is read here,
// and rpm itself compares versions. Real package databases, complete data.
// Usage: node tools/proof/rpm-distributions.mjs MATERIAL     MATERIAL contains feeds/ and conformance/packagedb/
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { ensureBundle, ensureDependencies } from '../setup/ensure.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const [given] = process.argv.slice(2);
if (given === undefined) {
  console.error('usage: node tools/proof/rpm-distributions.mjs MATERIAL');
  process.exit(2);
}
const material = resolve(given);
const databases = join(material, 'conformance/packagedb/rpm');
ensureDependencies();
const cli = await ensureBundle('cli');
const work = mkdtempSync(join(tmpdir(), 'clarion-proof-'));
const config = join(work, 'clarion.yaml');
writeFileSync(config, 'feeds:\n  enable: [redhat-security-data]\n  disable: [redhat-vex]\n');
let failures = 0;

const json = (file) => JSON.parse(readFileSync(file, 'utf8'));
const records = (file) =>
  gunzipSync(readFileSync(file))
    .toString()
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));
const withoutEpoch = (version) => version.slice(version.indexOf(':') + 1);

/** Answers of rpm's own comparison for pairs of versions without epoch: negative, 0 or positive. */
function compareByRpm(pairs) {
  const file = join(work, 'pairs');
  const parts = (version) => [version.slice(0, version.lastIndexOf('-')), version.slice(version.lastIndexOf('-') + 1)];
  writeFileSync(file, pairs.map(([a, b]) => [...parts(a), ...parts(b)].join('\t')).join('\n'));
  // What Lua prints in a macro is joined without separators.
  const lua = [
    `local found={}; for l in io.lines("${file}") do`,
    'local v,r,w,s=l:match("([^\t]*)\t([^\t]*)\t([^\t]*)\t(.*)"); local c=rpm.vercmp(v,w);',
    'if c==0 then c=rpm.vercmp(r,s) end; found[#found+1]=c end; print(table.concat(found," "))',
  ].join(' ');
  const output = execFileSync('rpm', ['--eval', `%{lua: ${lua}}`], { encoding: 'utf8', maxBuffer: 1 << 28 });
  return pairs.length === 0 ? [] : output.trim().split(' ').map(Number);
}

/** Findings of Clarion for a root filesystem of a release file and a package database: `package id` → `state fix`. */
function scan(name, files) {
  const folder = join(work, name);
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  const args = ['scan', `dir:${folder}`, '--offline', '--format', 'json', '--config', config, '--db', join(work, 'db')];
  const done = spawnSync(process.execPath, [cli, ...args, '--max-feed-age', '9999w', '--quiet'], {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  const { findings } = JSON.parse(done.stdout);
  return new Map(
    findings.map(({ id, state, fixedIn, package: one }) => [
      `${one.name} ${one.architecture} ${withoutEpoch(one.version)} ${id}`,
      `${state} ${fixedIn === null ? '' : withoutEpoch(fixedIn)}`.trim(),
    ]),
  );
}

function compareFindings(name, ours, theirs) {
  const keys = [...new Set([...ours.keys(), ...theirs.keys()])];
  const differing = keys.filter((key) => ours.get(key) !== theirs.get(key));
  if (differing.length > 0) failures += 1;
  console.log(
    `${differing.length === 0 ? 'equal ' : 'DIFFER'} ${name}: ${ours.size} findings of Clarion, ${theirs.size} of the recomputation`,
  );
  for (const key of differing.slice(0, 8)) console.log(`  ${key}: Clarion ${ours.get(key)}, here ${theirs.get(key)}`);
}

const states = {
  Affected: 'affected',
  'Will not fix': 'will_not_fix',
  'Fix deferred': 'fix_deferred',
  'Out of support scope': 'end_of_life',
  'Under investigation': 'under_investigation',
};

/**
 * Red Hat's rows name source packages; the highest fix counts, and a package with a fix has no other state. Leftovers
 * of a rejected CVE have no meaning.
 */
function redHatFindings(cves, major, packages) {
  const product = new RegExp(`^cpe:/[oa]:redhat:enterprise_linux:${major}(::.*)?$`);
  const bySource = groupBySource(packages);
  const rows = [];
  for (const { name: cve, details, affected_release: fixes = [], package_state: open = [] } of cves) {
    if (details?.at(-1)?.startsWith('[REJECTED CVE]')) continue;
    const fixed = new Set();
    for (const { cpe, package: text = '' } of fixes) {
      const match = /^(.+)-\d+:([^-]+-[^-]+)$/.exec(text ?? '');
      if (match === null || !product.test(cpe ?? '')) continue;
      fixed.add(match[1]);
      for (const one of bySource.get(match[1]) ?? []) rows.push({ cve, one, fix: match[2] });
    }
    for (const { cpe, package_name: name, fix_state: said } of open) {
      if (!product.test(cpe ?? '') || fixed.has(name) || states[said] === undefined) continue;
      for (const one of bySource.get(name) ?? []) rows.push({ cve, one, state: states[said] });
    }
  }
  return findingsOf(rows, ({ one }) => withoutEpoch(one.sourceVersion ?? one.version));
}

const sourceOf = ({ source, name }) => source ?? name;

function groupBySource(packages) {
  const groups = new Map();
  for (const one of packages) groups.set(sourceOf(one), [...(groups.get(sourceOf(one)) ?? []), one]);
  return groups;
}

/** One finding per package and CVE: open below its highest fix, or in the given state. */
function findingsOf(rows, installed) {
  const key = ({ one, cve }) => `${one.name} ${one.arch} ${withoutEpoch(one.version)} ${cve}`;
  const found = new Map(rows.filter(({ state }) => state !== undefined).map((row) => [key(row), row.state]));
  const highest = highestFixes(rows.filter(({ fix }) => fix !== undefined).map((row) => [key(row), row]));
  const fixes = [...highest];
  const answers = compareByRpm(fixes.map(([, row]) => [installed(row), row.fix]));
  fixes.forEach(([name, row], index) => {
    if (Number(answers[index]) < 0) found.set(name, `fixed ${row.fix}`);
  });
  return found;
}

/** Of several fixes of one flaw the highest: no other is above it. */
function highestFixes(keyed) {
  const groups = new Map();
  for (const [key, row] of keyed) groups.set(key, [...(groups.get(key) ?? []), row]);
  const pairs = [...groups.values()].flatMap((rows) => rows.flatMap((a) => rows.map((b) => [a.fix, b.fix])));
  const answers = compareByRpm(pairs).values();
  return new Map(
    [...groups].map(([key, rows]) => {
      const tops = rows.filter(() => rows.map(() => answers.next().value).every((answer) => answer >= 0));
      return [key, tops[0]];
    }),
  );
}

function suseFindings(osv, servicePack, packages) {
  const product = new RegExp(`^SUSE:Linux Enterprise (Server|Module for .+) 15 SP${servicePack}$`);
  const byName = new Map(packages.map((one) => [one.name, one]));
  const rows = [];
  for (const { id, related = [], upstream = [], affected = [] } of osv) {
    const cves = [...related, ...upstream].filter((name) => name.startsWith('CVE-'));
    for (const { package: of, ecosystem_specific: more } of affected ?? []) {
      if (!product.test(of.ecosystem)) continue;
      for (const [name, fix] of (more?.binaries ?? []).flatMap(Object.entries)) {
        const one = byName.get(name);
        // Bulletins without CVEs are listed under their own name.
        if (one !== undefined) for (const cve of cves.length > 0 ? cves : [id]) rows.push({ cve, one, fix });
      }
    }
  }
  return findingsOf(rows, ({ one }) => withoutEpoch(one.version));
}

/** Microsoft's OVAL, read by patterns: one test a definition, about a source package. */
function azureFindings(file, packages) {
  const xml = gunzipSync(readFileSync(file)).toString();
  const all = (pattern) => [...xml.matchAll(pattern)].map(([, one = '', two = '', three = '']) => [one, two, three]);
  const first = (pattern, body) => pattern.exec(body)?.[1] ?? '';
  const objects = new Map(
    all(/<[\w:-]*rpminfo_object id="([^"]+)"[^>]*>\s*<[\w:-]*name>([^<]+)</g).map(([id, name]) => [id, name]),
  );
  const states = new Map(
    all(/<[\w:-]*rpminfo_state id="([^"]+)"[^>]*>\s*<[\w:-]*evr[^>]* operation="([^"]+)"[^>]*>([^<]+)</g).map(
      ([id, operation, evr]) => [id, { operation, fix: withoutEpoch(evr).trim() }],
    ),
  );
  const tests = new Map(
    all(/<[\w:-]*rpminfo_test [^>]*id="([^"]+)"[^>]*>([\s\S]*?)<\/[\w:-]*rpminfo_test>/g).map(([id, body]) => [
      id,
      {
        name: objects.get(first(/object_ref="([^"]+)"/, body)),
        ...states.get(first(/state_ref="([^"]+)"/, body)),
      },
    ]),
  );
  const bySource = groupBySource(packages);
  const rows = [];
  for (const [body = ''] of all(/<definition ([\s\S]*?)<\/definition>/g)) {
    if (/<patchable>Not Applicable</.test(body)) continue;
    const cve = first(/<reference [^>]*ref_id="([^"]+)"/, body);
    const { name, operation, fix } = tests.get(first(/test_ref="([^"]+)"/, body)) ?? {};
    for (const one of bySource.get(name) ?? []) rows.push({ cve, one, fix, operation });
  }
  const fixed = findingsOf(
    rows.filter(({ operation }) => operation === 'less than'),
    ({ one }) => withoutEpoch(one.sourceVersion ?? one.version),
  );
  // Affected up to and including a version: there is no fix yet.
  const open = rows.filter(({ operation }) => operation !== 'less than');
  const answers = compareByRpm(open.map(({ one, fix }) => [withoutEpoch(one.sourceVersion ?? one.version), fix]));
  open.forEach(({ one, cve }, index) => {
    if (Number(answers[index]) <= 0)
      fixed.set(`${one.name} ${one.arch} ${withoutEpoch(one.version)} ${cve}`, 'affected');
  });
  return fixed;
}

try {
  const mirror = join(work, 'mirror');
  const feeds = ['azure-linux', 'redhat-security-data', 'suse'];
  execFileSync(process.execPath, [join(here, '../feeds/mirror.mjs'), join(material, 'feeds'), mirror, ...feeds], {
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const update = ['update', ...feeds, '--from', mirror, '--config', config, '--db', join(work, 'db')];
  execFileSync(process.execPath, [cli, ...update], { stdio: ['ignore', 'inherit', 'inherit'] });
  const unpacked = (name) => execFileSync('xzcat', [join(databases, name)], { maxBuffer: 1 << 28 });
  const cves = records(join(material, 'feeds/redhat/securitydata-cve-2025-02-15.ndjson.gz'));
  for (const major of [5, 6, 7]) {
    const ours = scan(`centos-${major}`, {
      'etc/redhat-release': `CentOS release ${major}.1 (Final)\n`,
      'var/lib/rpm/Packages': unpacked(`bdb/centos${major}-plain.Packages.xz`),
    });
    const packages = json(join(databases, `bdb/centos${major}-plain.Packages.expected.json`));
    compareFindings(`CentOS ${major}`, ours, redHatFindings(cves, major, packages));
  }
  // There is no test data for CBL-Mariner 2.0, where these packages come from: compare with the neighbouring releases.
  const mariner = json(join(databases, 'sqlite/cbl-mariner-2.0.rpmdb.sqlite.expected.json'));
  for (const [name, release, file] of /** @type {const} */ ([
    ['CBL-Mariner 1.0', 'ID=mariner\nVERSION_ID="1.0"\n', 'cbl-mariner-1.0-oval.xml.gz'],
    ['Azure Linux 3.0', 'ID=azurelinux\nVERSION_ID="3.0"\n', 'azurelinux-3.0-oval.xml.gz'],
  ])) {
    const ours = scan(name.replaceAll(' ', '-'), {
      'etc/os-release': release,
      'var/lib/rpm/rpmdb.sqlite': unpacked('sqlite/cbl-mariner-2.0.rpmdb.sqlite.xz'),
    });
    compareFindings(
      `packages of CBL-Mariner 2.0 as ${name}`,
      ours,
      azureFindings(join(material, 'feeds/azurelinux', file), mariner),
    );
  }
  const osv = records(join(material, 'feeds/suse/osv-2024-2025.ndjson.gz'));
  for (const servicePack of [4, 5, 6]) {
    const ours = scan(`sles-15.${servicePack}`, {
      'etc/os-release': `ID="sles"\nVERSION_ID="15.${servicePack}"\n`,
      'usr/lib/sysimage/rpm/Packages.db': unpacked('ndb/sle15-bci.Packages.db.xz'),
    });
    const packages = json(join(databases, 'ndb/sle15-bci.Packages.db.expected.json'));
    compareFindings(`SLES 15 SP${servicePack}`, ours, suseFindings(osv, servicePack, packages));
  }
} finally {
  rmSync(work, { recursive: true, force: true });
}
process.exit(failures === 0 ? 0 : 1);
