// Holds Clarion against Debian's own tools on a real image: its packages must equal dpkg-query's in every archive form,
// and its findings must equal a recomputation with dpkg --compare-versions over the full tracker data.
// Usage: node tools/proof/debian.mjs IMAGES-DIR TRACKER-JSON.gz
//   IMAGES-DIR is made by tools/bench/make-images.sh; the tracker data is the feed's one JSON document, gzipped.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { neededArguments } from '../setup/needed-arguments.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const given = neededArguments(['IMAGES-DIR', 'TRACKER-JSON.gz']);
const [images, tracker] = [resolve(given[0]), resolve(given[1])];
const work = mkdtempSync(join(tmpdir(), 'clarion-proof-'));
const feeds = join(work, 'feeds');
mkdirSync(join(feeds, 'debian-security-tracker'), { recursive: true });
symlinkSync(tracker, join(feeds, 'debian-security-tracker', 'json.gz'));
let failures = 0;

/** Reports whether two sets are equal, and how they differ. */
function compare(name, ours, theirs) {
  const missing = theirs.filter((line) => !ours.includes(line));
  const extra = ours.filter((line) => !theirs.includes(line));
  const same = missing.length + extra.length === 0 && ours.length === theirs.length;
  if (!same) failures += 1;
  console.log(`${same ? 'equal ' : 'DIFFER'} ${name}: ${ours.length} of Clarion, ${theirs.length} of the oracle`);
  for (const line of missing.slice(0, 5)) console.log(`  missing: ${line}`);
  for (const line of extra.slice(0, 5)) console.log(`  extra:   ${line}`);
}

/** The report of an image, with a separate store. */
function scan(image, index) {
  const args = ['scan', image, '--format', 'json', '--feeds-dir', feeds, '--db', join(work, `db${index}`), '--quiet'];
  const done = spawnSync(process.execPath, [join(root, 'dist/apps/cli/main.js'), ...args], {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  if (done.stdout === '') throw new Error(done.stderr);
  return JSON.parse(done.stdout);
}

/** `dpkg --compare-versions` for many pairs in one shell. */
function olderThan(pairs) {
  const script = 'while IFS="\t" read -r a b; do dpkg --compare-versions "$a" lt "$b" && echo 1 || echo 0; done';
  const input = pairs.map(([a, b]) => `${a}\t${b}`).join('\n') + '\n';
  return execFileSync('sh', ['-c', script], { input, encoding: 'utf8', maxBuffer: 1 << 26 })
    .trim()
    .split('\n')
    .map((line) => line === '1');
}

/** Findings from dpkg-query's list and the tracker, computed independently. */
function recompute(packages, suite) {
  const data = JSON.parse(gunzipSync(readFileSync(tracker)).toString('utf8'));
  const found = [];
  const pairs = [];
  for (const { name, source, sourceVersion } of packages) {
    for (const [id, { releases }] of Object.entries(data[source] ?? {})) {
      const row = releases[suite];
      if (row === undefined || (row.status === 'resolved' && row.fixed_version === '0')) continue;
      if (row.fixed_version === undefined) found.push(`${id} ${name} -`);
      else pairs.push({ line: `${id} ${name} ${row.fixed_version}`, pair: [sourceVersion, row.fixed_version] });
    }
  }
  olderThan(pairs.map(({ pair }) => pair)).forEach((older, index) => {
    if (older) found.push(pairs[index].line);
  });
  return found.sort();
}

const listed = readFileSync(join(images, 'dpkg-query.txt'), 'utf8')
  .trim()
  .split('\n')
  .filter((line) => line.endsWith(' installed'));
const packages = listed.map((line) => {
  const [name, version, architecture, source, sourceVersion] = line.split(' ');
  return { name, version, architecture, source, sourceVersion };
});
const forms = ['oci/', 'oci.tar', 'docker.tar', 'docker.tar.gz', 'zstd/', 'plain/', 'bundle/rootfs'];
for (const [index, form] of forms.entries()) {
  const image = join(images, form);
  const report = scan(form === 'bundle/rootfs' ? `dir:${image}` : image.replace(/\/$/, ''), index);
  const ours = report.packages.map((one) =>
    [
      one.name,
      one.version,
      one.architecture,
      one.source ?? one.name,
      one.sourceVersion ?? one.version,
      'installed',
    ].join(' '),
  );
  compare(`packages of ${form}`, ours.sort(), [...listed].sort());
  if (index > 0) continue;
  const findings = report.findings.map((one) => `${one.id} ${one.package.name} ${one.fixedIn ?? '-'}`).sort();
  compare(`findings of ${form}`, findings, recompute(packages, 'bookworm'));
}
rmSync(work, { recursive: true, force: true });
process.exit(failures > 0 ? 1 : 0);
