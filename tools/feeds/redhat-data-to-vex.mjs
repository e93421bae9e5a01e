// Writes CVEs of Red Hat's security data API (one JSON object per line, gzip) as an archive of CSAF VEX documents in
// the format that Red Hat publishes, for volume tests. The output is labelled SYNTHETIC: the data names source packages
// only, so binary packages and architectures are made up, and it is not a reference for the upstream format.
// Usage: node tools/feeds/redhat-data-to-vex.mjs IN.ndjson.gz OUT-DIRECTORY [REPOSITORY-TO-CPE.json.gz]
// Then:  node tools/bench/feed-import.mjs redhat-vex OUT-DIRECTORY
import { createReadStream, createWriteStream, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip, gunzipSync } from 'node:zlib';
import { neededArguments } from '../setup/needed-arguments.mjs';

const [input, output, repositories] = neededArguments(['IN.ndjson.gz', 'OUT-DIRECTORY'], '[REPOSITORY-TO-CPE.json.gz]');

const date = '2025-02-15';
const architectures = ['aarch64', 'ppc64le', 's390x', 'x86_64'];
/** Binary packages of every source package; real ones have more, and other names. */
const suffixes = ['', '-libs', '-devel', '-debuginfo'];
const remediations = {
  Affected: ['none_available', 'Affected'],
  'Fix deferred': ['none_available', 'Fix deferred'],
  'Will not fix': ['no_fix_planned', 'Will not fix'],
  'Out of support scope': ['no_fix_planned', 'Out of support scope'],
};

/** Product tree and statuses of one document. */
class Vex {
  products = new Map();
  components = new Map();
  relationships = new Map();
  statuses = { fixed: [], known_affected: [], known_not_affected: [], under_investigation: [] };
  remediations = new Map();
  threats = new Map();

  /** Adds a component in a product; returns their common id, undefined if it exists already. */
  add(cpe, name, component, purl) {
    const product = cpe.replace(/^cpe:\/.:[^:]*:/, '').replace(/:/g, '-');
    const id = `${product}:${component}`;
    if (this.relationships.has(id)) return undefined;
    this.products.set(product, { name, cpe });
    this.components.set(component, purl);
    this.relationships.set(id, { component, product });
    return id;
  }

  state(status, id, impact, remediation) {
    this.statuses[status].push(id);
    push(this.threats, impact, id);
    if (remediation !== undefined) push(this.remediations, JSON.stringify(remediation), id);
  }
}

function push(map, key, value) {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}

function readFix(vex, fix, impact) {
  const build = /^([A-Za-z0-9_][\w.+-]*)-(\d+):([^:/\s-]+-[^:/\s-]+)$/.exec(fix.package ?? '');
  if (build === null) return;
  const [, source = '', epoch = '', version = ''] = build;
  const remediation = {
    category: 'vendor_fix',
    date: fix.release_date,
    details: 'For details on how to apply this update, refer to:\n\nhttps://access.redhat.com/articles/11258',
    url: `https://access.redhat.com/errata/${fix.advisory}`,
  };
  const one = (name, architecture) => {
    const purl = `pkg:rpm/redhat/${encodeURIComponent(name)}@${encodeURIComponent(version)}?arch=${architecture}`;
    const full = `${name}-${epoch}:${version}.${architecture}`;
    const id = vex.add(fix.cpe, fix.product_name, full, epoch === '0' ? purl : `${purl}&epoch=${epoch}`);
    if (id !== undefined) vex.state('fixed', id, fix.impact ?? impact, remediation);
  };
  one(source, 'src');
  for (const suffix of suffixes) for (const architecture of architectures) one(`${source}${suffix}`, architecture);
}

function readState(vex, state, impact) {
  const name = state.package_name;
  const plain = /^[A-Za-z0-9_][\w.+-]*$/.test(name);
  const id = vex.add(state.cpe, state.product_name, name, plain ? `pkg:rpm/redhat/${name}?arch=src` : undefined);
  if (id === undefined) return;
  const remediation = remediations[state.fix_state];
  if (remediation !== undefined) {
    const [category, details] = remediation;
    vex.state('known_affected', id, state.impact ?? impact, { category, details });
  } else {
    vex.state(state.fix_state === 'Not affected' ? 'known_not_affected' : 'under_investigation', id, impact);
  }
}

function documentOf(cve, vex) {
  const branch = (category, name, id, helper) => ({
    category,
    name,
    product: { name, product_id: id, ...(helper && { product_identification_helper: helper }) },
  });
  const products = [...vex.products].map(([id, { name, cpe }]) => branch('product_name', name, id, { cpe }));
  const components = [...vex.components].map(([id, purl]) => branch('product_version', id, id, purl && { purl }));
  const all = [...vex.relationships.keys()];
  const vector = cve.cvss3?.cvss3_scoring_vector;
  return {
    document: {
      aggregate_severity: { text: cve.threat_severity ?? 'None' },
      category: 'csaf_vex',
      csaf_version: '2.0',
      publisher: { category: 'other', name: 'SYNTHETIC, made of the security data API for tests of volume' },
      title: cve.bugzilla?.description ?? cve.name,
      tracking: { current_release_date: `${date}T00:00:00+00:00`, id: cve.name, status: 'final', version: '1' },
    },
    product_tree: {
      branches: [
        {
          category: 'vendor',
          name: 'Red Hat',
          branches: [
            { category: 'product_family', name: 'Red Hat', branches: products },
            { category: 'architecture', name: 'all', branches: components },
          ],
        },
      ],
      relationships: [...vex.relationships].map(([id, { component, product }]) => ({
        category: 'default_component_of',
        full_product_name: { name: `${component} as a component of ${product}`, product_id: id },
        product_reference: component,
        relates_to_product_reference: product,
      })),
    },
    vulnerabilities: [
      {
        cve: cve.name,
        notes: [{ category: 'description', text: cve.details?.at(-1) ?? '', title: 'Vulnerability description' }],
        product_status: Object.fromEntries(Object.entries(vex.statuses).filter(([, ids]) => ids.length > 0)),
        release_date: cve.public_date,
        remediations: [...vex.remediations].map(([text, ids]) => ({ ...JSON.parse(text), product_ids: ids })),
        ...(vector && { scores: [{ cvss_v3: { vectorString: vector, version: '3.1' }, products: all }] }),
        threats: [...vex.threats].map(([details, ids]) => ({ category: 'impact', details, product_ids: ids })),
      },
    ],
  };
}

/** Header and padding of a file in a tar (POSIX ustar). */
function tarFile(name, content) {
  const header = Buffer.alloc(512);
  const put = (text, at) => header.write(text, at, 'latin1');
  put(name, 0);
  put('0000644\0' + '0000000\0'.repeat(2), 100);
  put(`${content.length.toString(8).padStart(11, '0')}\0${'0'.repeat(11)}\0${' '.repeat(8)}0`, 124);
  put('ustar\u000000', 257);
  const sum = header.reduce((total, byte) => total + byte, 0);
  put(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return [header, content, Buffer.alloc((512 - (content.length % 512)) % 512)];
}

const counts = { documents: 0, entries: 0, bytes: 0 };
/** The real list names every document with its last change; all of these are older than the archive that holds them. */
const changes = [];
const changed = `${new Date(Date.parse(date) - 24 * 60 * 60 * 1000).toISOString().slice(0, 19)}+00:00`;

async function* archive() {
  const lines = createInterface({ input: createReadStream(input).pipe(createGunzip()), crlfDelay: Infinity });
  for await (const line of lines) {
    const cve = JSON.parse(line);
    const vex = new Vex();
    const impact = cve.threat_severity ?? 'None';
    for (const fix of cve.affected_release ?? []) readFix(vex, fix, impact);
    for (const state of cve.package_state ?? []) readState(vex, state, impact);
    const content = Buffer.from(JSON.stringify(documentOf(cve, vex), null, 1));
    counts.documents += 1;
    counts.entries += vex.relationships.size;
    counts.bytes += content.length;
    const path = `${cve.name.slice(4, 8)}/${cve.name.toLowerCase()}.json`;
    changes.push(`"${path}","${changed}"\n`);
    yield* tarFile(path, content);
  }
  yield Buffer.alloc(1024);
}

const folder = join(output, 'csaf', 'v2', 'vex');
mkdirSync(folder, { recursive: true });
mkdirSync(join(output, 'metrics'), { recursive: true });
const name = `csaf_vex_${date}.tar.gz`;
const file = createWriteStream(join(folder, name));
await pipeline(archive(), createGzip({ level: 1 }), file);
if (!file.closed) await once(file, 'close');
writeFileSync(join(folder, 'archive_latest.txt'), name);
writeFileSync(join(folder, 'changes.csv'), changes.join(''));
writeFileSync(join(folder, 'deletions.csv'), '');
const map = repositories === undefined ? '{"data":{}}' : gunzipSync(readFileSync(repositories));
writeFileSync(join(output, 'metrics', 'repository-to-cpe.json'), map);
console.log(`${counts.documents} documents, ${counts.entries} entries, ${(counts.bytes / 2 ** 20).toFixed(0)} MiB`);
