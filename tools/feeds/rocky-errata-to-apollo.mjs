// SYNTHETIC DATA for load tests. Writes parsed errata of Rocky Linux (newline-delimited JSON of Apollo's API v2, gzip)
// as pages of API v3. The records are real, their wire format is not: it is not a reference for the parser. API v2 has
// no modules, so these pages have none.
// Usage: node tools/feeds/rocky-errata-to-apollo.mjs errata.ndjson.gz DIRECTORY
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { neededArguments } from '../setup/needed-arguments.mjs';

const [input, output] = neededArguments(['errata.ndjson.gz', 'DIRECTORY']);

const size = 100;
const known = (text) => (text === 'UNKNOWN' ? null : text);
const word = (text) => text.charAt(0) + text.slice(1).toLowerCase();

function packages(rpms) {
  return Object.entries(rpms).flatMap(([product, { nvras }]) =>
    nvras.map((nevra) => {
      const architecture = /\.(\w+)\.rpm$/.exec(nevra)?.[1] ?? '';
      const machine = ['src', 'noarch', 'i686'].includes(architecture) ? 'x86_64' : architecture;
      return {
        nevra,
        checksum: '0'.repeat(64),
        checksum_type: 'sha256',
        module_context: null,
        module_name: null,
        module_stream: null,
        module_version: null,
        repo_name: product.includes('SIG Cloud') ? 'cloud-common' : 'AppStream',
        product_name: `${product} ${machine}`,
      };
    }),
  );
}

function advisory(erratum, index) {
  return {
    id: index + 1,
    published_at: erratum.publishedAt,
    name: erratum.name,
    synopsis: erratum.synopsis,
    description: erratum.description,
    kind: word(erratum.type.replace('TYPE_', '')),
    severity: word(erratum.severity.replace('SEVERITY_', '')),
    topic: erratum.topic,
    affected_products: erratum.affectedProducts.map((name) => ({ name })),
    cves: erratum.cves.map(({ name, cvss3ScoringVector, cvss3BaseScore, cwe }) => ({
      cve: name,
      cvss3_scoring_vector: known(cvss3ScoringVector),
      cvss3_base_score: known(cvss3BaseScore),
      cwe: known(cwe),
    })),
    fixes: [],
    packages: packages(erratum.rpms),
  };
}

const lines = gunzipSync(readFileSync(input)).toString('utf8').trimEnd().split('\n');
const advisories = lines
  .map((line) => JSON.parse(line))
  .sort((a, b) => (a.publishedAt < b.publishedAt ? 1 : -1))
  .map(advisory);
const total = advisories.length;
mkdirSync(join(output, 'advisories'), { recursive: true });
for (let page = 1; (page - 1) * size < total; page += 1) {
  const body = {
    advisories: advisories.slice((page - 1) * size, page * size),
    total,
    page,
    size,
    links: { self: `/api/v3/advisories/?size=${size}&page=${page}` },
    last_updated_at: advisories[0]?.published_at,
  };
  writeFileSync(join(output, 'advisories', `page-${page}.json`), JSON.stringify(body));
}
console.log(`${total} advisories`);
