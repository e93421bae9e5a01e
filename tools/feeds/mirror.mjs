// Lays real advisory data that is kept in other packagings out as a mirror: one folder a feed, file names of the upstream,
// as `clarion update --from DIRECTORY` reads it. Where only a parsed form is at hand it is written again in the wire's
// shape (SYNTHETIC: real facts in a form made here, for volume only); the list that is printed tells which.
// Usage: node tools/feeds/mirror.mjs MATERIAL DIRECTORY [FEED…]
import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync, gzipSync } from 'node:zlib';
import { pack } from 'tar-stream';

const here = dirname(fileURLToPath(import.meta.url));

function lines(file) {
  return gunzipSync(readFileSync(file))
    .toString()
    .split('\n')
    .filter((line) => line !== '');
}

function copy(from, to) {
  mkdirSync(dirname(to), { recursive: true });
  copyFileSync(from, to);
}

function script(name, ...args) {
  execFileSync(process.execPath, [join(here, name), ...args], { stdio: ['ignore', 'ignore', 'inherit'] });
}

/** A tar of one file a record. */
async function tarOf(records, nameOf, file) {
  const archive = pack();
  const chunks = [];
  const read = (async () => {
    for await (const chunk of archive) chunks.push(chunk);
  })();
  for (const record of records) archive.entry({ name: nameOf(JSON.parse(record)) }, record);
  archive.finalize();
  await read;
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, gzipSync(Buffer.concat(chunks), { level: 1 }));
}

/** Each recipe fills the folder of its feed and tells how near to the wire the result is. */
const recipes = {
  'alpine-secdb'(material, folder) {
    cpSync(join(material, 'alpine/secdb'), folder, { recursive: true });
    return 'wire';
  },
  almalinux(material, folder) {
    const majors = new Map();
    for (const line of lines(join(material, 'alma/errata.ndjson.gz'))) {
      const { _path: place, ...erratum } = JSON.parse(line);
      const major = place.split('/')[0];
      majors.set(major, [...(majors.get(major) ?? []), erratum]);
    }
    for (const [major, data] of majors) {
      mkdirSync(join(folder, major), { recursive: true });
      writeFileSync(join(folder, major, 'errata.full.json.gz'), gzipSync(JSON.stringify({ data }), { level: 1 }));
    }
    return 'wire, put together from its entries';
  },
  'amazon-linux'(material, folder) {
    script('alas-to-updateinfo.mjs', join(material, 'amazon/alas-updates.ndjson.gz'), folder);
    return 'SYNTHETIC';
  },
  'arch-security'(material, folder) {
    copy(join(material, 'arch/issues-all.json.gz'), join(folder, 'all.json.gz'));
    return 'wire';
  },
  'azure-linux'(material, folder) {
    for (const name of readdirSync(join(material, 'azurelinux'))) {
      copy(join(material, 'azurelinux', name), join(folder, name));
    }
    return 'wire, without CBL-Mariner 2.0';
  },
  'cisa-kev'(material, folder) {
    const name = 'known_exploited_vulnerabilities.json.gz';
    copy(join(material, 'kev', name), join(folder, name));
    return 'wire';
  },
  'debian-security-tracker'(material, folder) {
    const name = 'debian/DERIVED-security-tracker-from-osv-2025-02-12.json.gz';
    copy(join(material, name), join(folder, 'json.gz'));
    return 'SYNTHETIC';
  },
  epss(material, folder) {
    copy(join(material, 'epss/epss_scores-2026-08-16.csv.gz'), join(folder, 'epss_scores-current.csv.gz'));
    return 'wire, header line rebuilt';
  },
  'go-vulndb'(material, folder) {
    copy(join(material, 'osv/Go-vuln.go.dev-2026-08-21/all.zip'), join(folder, 'vulndb.zip'));
    return 'wire';
  },
  nvd(material, folder) {
    script('nvd-1.1-to-2.0.mjs', join(material, 'nvd/nvdcve-1.1-2022.json.gz'), folder);
    return 'SYNTHETIC, 2022 only';
  },
  'oracle-oval'(material, folder) {
    mkdirSync(folder, { recursive: true });
    const file = join(folder, 'com.oracle.elsa-all.xml');
    script('oracle-extracted-to-oval.mjs', join(material, 'oracle/elsa-vuls-extracted-2025-02-10.ndjson.gz'), file);
    if (spawnSync('bzip2', ['-f', file]).status !== 0) throw new Error('bzip2 is needed for the feed oracle-oval');
    return 'SYNTHETIC';
  },
  osv(material, folder) {
    for (const ecosystem of ['npm', 'PyPI', 'Maven', 'Go', 'crates.io', 'NuGet', 'RubyGems', 'Packagist']) {
      copy(join(material, 'osv', ecosystem, 'all.zip'), join(folder, ecosystem, 'all.zip'));
    }
    return 'wire, without most malicious packages';
  },
  async suse(material, folder) {
    const records = lines(join(material, 'suse/osv-2024-2025.ndjson.gz'));
    await tarOf(records, ({ id }) => `osv/${id.replace(':', '-')}.json`, join(folder, 'osv.tar.gz'));
    return 'wire values of 2024 and 2025';
  },
};

const [material, directory, ...wanted] = process.argv.slice(2);
if (material === undefined || directory === undefined || !existsSync(material)) {
  console.error('usage: node tools/feeds/mirror.mjs MATERIAL DIRECTORY [FEED…]');
  process.exit(2);
}
for (const feed of wanted.length > 0 ? wanted : Object.keys(recipes)) {
  const form = await recipes[feed](material, join(directory, feed));
  console.log(`${feed.padEnd(26)}${form}`);
}
