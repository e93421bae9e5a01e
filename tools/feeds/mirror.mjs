// Lays out real advisory data from other packagings as a mirror: one folder per feed, file names of the upstream, as
// `clarion update --from DIRECTORY` reads it. Where only a parsed form is available, it is converted back to the
// upstream format (SYNTHETIC: real facts in a generated form, for volume only); the printed list shows which.
// The material is a part of what upstreams publish, so these feeds of such a mirror are partial: suse (no VEX
// documents), nvd (one year), alpine-secdb (no lists of rejections), amazon-linux (no nvidia), almalinux (no 10),
// azure-linux (no 2.0).
// Usage: node tools/feeds/mirror.mjs MATERIAL DIRECTORY [FEED…]
import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { neededArguments } from '../setup/needed-arguments.mjs';

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

function bzip2(bytes) {
  const { status, stdout } = spawnSync('bzip2', ['-1'], { input: bytes, maxBuffer: 1 << 30 });
  if (status !== 0) throw new Error('bzip2 is needed');
  return stdout;
}

/** Each recipe fills the folder of its feed and returns how close the result is to the upstream format. */
const recipes = {
  'alpine-secdb'(material, folder) {
    cpSync(join(material, 'alpine/secdb'), folder, { recursive: true });
    return 'wire';
  },
  almalinux(material, folder) {
    script('alma-errata-to-full.mjs', join(material, 'alma/errata.ndjson.gz'), folder);
    return 'wire values, put together from their entries';
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
  'nodejs-core'(material, folder) {
    copy(join(material, 'nodejs/core-index.json.gz'), join(folder, 'index.json.gz'));
    return 'wire';
  },
  nvd(material, folder) {
    script('nvd-1.1-to-2.0.mjs', join(material, 'nvd/nvdcve-1.1-2022.json.gz'), folder);
    return 'SYNTHETIC, 2022 only';
  },
  'oracle-oval'(material, folder) {
    mkdirSync(folder, { recursive: true });
    const file = join(folder, 'plain.xml');
    script('oracle-extracted-to-oval.mjs', join(material, 'oracle/elsa-vuls-extracted-2025-02-10.ndjson.gz'), file);
    writeFileSync(join(folder, 'com.oracle.elsa-all.xml.bz2'), bzip2(readFileSync(file)));
    rmSync(file);
    return 'SYNTHETIC';
  },
  osv(material, folder) {
    for (const ecosystem of ['npm', 'PyPI', 'Maven', 'Go', 'crates.io', 'NuGet', 'RubyGems', 'Packagist']) {
      copy(join(material, 'osv', ecosystem, 'all.zip'), join(folder, ecosystem, 'all.zip'));
    }
    return 'wire, without most malicious packages';
  },
  'redhat-security-data'(material, folder) {
    const cves = lines(join(material, 'redhat/securitydata-cve-2025-02-15.ndjson.gz')).map((line) => JSON.parse(line));
    mkdirSync(join(folder, 'cve'), { recursive: true });
    mkdirSync(join(folder, 'list'), { recursive: true });
    for (const cve of cves) writeFileSync(join(folder, 'cve', `${cve.name}.json`), JSON.stringify(cve));
    for (let page = 0; page * 1000 < cves.length; page += 1) {
      const rows = cves.slice(page * 1000, (page + 1) * 1000);
      const list = rows.map(({ name, public_date }) => ({ CVE: name, public_date }));
      writeFileSync(join(folder, 'list', `${page + 1}.json`), JSON.stringify(list));
    }
    return 'wire values';
  },
  'redhat-vex'(material, folder) {
    const at = (name) => join(material, 'redhat', name);
    script(
      'redhat-data-to-vex.mjs',
      at('securitydata-cve-2025-02-15.ndjson.gz'),
      folder,
      at('repository-to-cpe.json.gz'),
    );
    return 'SYNTHETIC: source packages only; the repository map is wire';
  },
  'rocky-linux'(material, folder) {
    script('rocky-errata-to-apollo.mjs', join(material, 'rocky/errata.ndjson.gz'), folder);
    return 'SYNTHETIC: values of an older API, which states no modules';
  },
  suse(material, folder) {
    script('suse-osv-to-archive.mjs', join(material, 'suse/osv-2024-2025.ndjson.gz'), folder);
    return 'wire values of 2024 and 2025';
  },
  ubuntu(material, folder) {
    const input = join(material, 'ubuntu/uct-parsed-2024-08-09-focal-jammy-noble.ndjson.gz');
    script('uct-parsed-to-osv.mjs', input, folder);
    return 'SYNTHETIC, three releases';
  },
};

const [material, directory, ...wanted] = neededArguments(['MATERIAL', 'DIRECTORY'], '[FEED…]');
if (!existsSync(material)) {
  console.error(`${material} is not there`);
  process.exit(2);
}
for (const feed of wanted.length > 0 ? wanted : Object.keys(recipes)) {
  const form = await recipes[feed](material, join(directory, feed));
  console.log(`${feed.padEnd(26)}${form}`);
}
