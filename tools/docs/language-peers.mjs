// Compares what Clarion, Syft and Trivy list of images whose packages native tools know, and writes the table into
// docs/comparison.md. A peer that is not on PATH has no column.
// Usage: node tools/docs/language-peers.mjs [DIR]     DIR holds images/*.oci.tar and expected/*.packages.json
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { emptyTrivyCache } from '../bench/trivy-cache.mjs';
import { complaint, ensureBundle, ensureDependencies, root } from '../setup/ensure.mjs';

ensureDependencies();
const { PackageURL } = await import('packageurl-js');
const { format, resolveConfig } = await import('prettier');

/**
 * @typedef {{ type: string, name: string, version: string, class: 'must' | 'owned' | 'infer' | 'may' | 'never' }} Expected
 * @typedef {(image: string, layout: string, work: string) => unknown[]} Lister   purls of an image
 */

/** Exit code of Clarion where it lists something that it could not read. */
const incomplete = 3;

/**
 * The output of a program that must succeed.
 * @param {string} command
 * @param {readonly string[]} args
 */
function output(command, args) {
  const done = spawnSync(command, args, { encoding: 'utf8', maxBuffer: 1 << 28 });
  if (done.status !== 0 && !(command === process.execPath && done.status === incomplete))
    throw new Error(`${command} ${args.join(' ')}: ${done.error?.message ?? done.stderr}`);
  return done.stdout;
}

/** @param {string} name */
const onPath = (name) => spawnSync('sh', ['-c', `command -v ${name}`]).status === 0;

/** @type {Readonly<Record<string, Lister>>} */
const listers = {
  Clarion: (image, _layout, work) =>
    JSON.parse(
      output(process.execPath, [
        join(root, 'dist', 'apps', 'cli', 'main.js'),
        ...['packages', `oci-archive:${image}`, '--format', 'json', '--quiet', '--db', join(work, 'db')],
      ]),
    ).packages.map((/** @type {{ purl: unknown }} */ { purl }) => purl),
  Syft: (_image, layout) =>
    JSON.parse(output('syft', ['scan', `oci-dir:${layout}`, '-q', '-o', 'syft-json'])).artifacts.map(
      (/** @type {{ purl: unknown }} */ { purl }) => purl,
    ),
  Trivy: (_image, layout, work) => {
    const cache = join(work, 'trivy');
    emptyTrivyCache(cache);
    const args = ['image', '--input', layout, '--cache-dir', cache, '--offline-scan', '--quiet'];
    const { components } = JSON.parse(output('trivy', [...args, '--skip-java-db-update', '--format', 'cyclonedx']));
    return components.map((/** @type {{ purl: unknown }} */ { purl }) => purl);
  },
};

/**
 * One way to write a package for all tools.
 * @param {string} type
 * @param {string} name
 * @param {string} version
 */
function keyOf(type, name, version) {
  const insensitive = ['pypi', 'nuget', 'composer', 'npm'].includes(type) ? name.toLowerCase() : name;
  const compared = type === 'pypi' ? insensitive.replaceAll(/[-_.]+/g, '-') : insensitive;
  return `${type} ${compared} ${type === 'golang' ? version.replace(/^v|^\(devel\)$/, '') : version}`;
}

/**
 * The parts of a purl; of Maven also without a group, which is invalid and which tools write where they know none.
 * @param {string} purl
 */
function partsOf(purl) {
  const [, name, version] = /^pkg:maven\/([^/@?]+)@([^?]*)/.exec(purl) ?? [];
  if (name === undefined) return PackageURL.fromString(purl);
  return { type: 'maven', namespace: undefined, name: decodeURIComponent(name), version };
}

/**
 * What a purl says, as `keyOf` has it; undefined for packages of the distribution.
 * @param {unknown} purl
 */
function keyOfPurl(purl) {
  if (typeof purl !== 'string' || purl === '') return undefined;
  const { type, namespace, name, version } = partsOf(purl);
  if (['deb', 'apk', 'rpm', 'alpm', 'oci'].includes(type ?? '')) return undefined;
  const separator = type === 'maven' ? ':' : '/';
  return keyOf(type ?? '', [namespace, name].filter(Boolean).join(separator), version ?? '');
}

/**
 * What a tool lists, beside what is there. A package that is installed twice counts once: tools name files differently.
 * @param {readonly Expected[]} expected
 * @param {ReadonlySet<string>} listed
 */
function compare(expected, listed) {
  /** @param {readonly string[]} classes */
  const keys = (...classes) =>
    new Set(
      expected
        .filter((one) => classes.includes(one.class))
        .map(({ type, name, version }) => keyOf(type === 'binary' ? 'generic' : type, name, version)),
    );
  const real = keys('must', 'owned', 'infer', 'may');
  const must = [...keys('must')];
  const inferred = [...keys('infer')].filter((key) => !must.includes(key));
  const types = new Set([...real].map((key) => key.split(' ')[0]));
  return {
    missing: `${must.filter((key) => !listed.has(key)).length} of ${must.length}`,
    inferred: inferred.length === 0 ? '–' : `${inferred.filter((key) => listed.has(key)).length} of ${inferred.length}`,
    // Packages without a version in the list are there in any.
    wrong: String(
      [...listed].filter(
        (key) => types.has(key.split(' ')[0]) && !real.has(key) && !real.has(key.replace(/ \S*$/, ' ')),
      ).length,
    ),
  };
}

/** @param {string} folder */
async function table(folder) {
  const tools = Object.keys(listers).filter((tool) => tool === 'Clarion' || onPath(tool.toLowerCase()));
  const work = mkdtempSync(join(tmpdir(), 'clarion-peers-'));
  await ensureBundle('cli');
  try {
    const rows = readdirSync(join(folder, 'images')).map((file) => {
      const name = file.replace('.oci.tar', '');
      const image = join(folder, 'images', file);
      const layout = join(work, name);
      mkdirSync(layout);
      output('tar', ['xf', image, '-C', layout]);
      const expected = JSON.parse(readFileSync(join(folder, 'expected', `${name}.packages.json`), 'utf8'));
      const cells = tools.map((tool) => {
        const keys = listers[tool]?.(image, layout, work).flatMap((purl) => keyOfPurl(purl) ?? []);
        const { missing, inferred, wrong } = compare(expected, new Set(keys));
        return `${missing} / ${inferred} / ${wrong}`;
      });
      return `| ${[name, ...cells].join(' | ')} |`;
    });
    return [`| image | ${tools.join(' | ')} |`, `| --- |${' --- |'.repeat(tools.length)}`, ...rows].join('\n');
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

const folder = resolve(process.argv[2] ?? join(root, '..', 'shared', 'conformance', 'packagedb', 'languages'));
const document = join(root, 'docs', 'comparison.md');
const [start, end] = ['<!-- language-peers -->', '<!-- /language-peers -->'];
try {
  const text = readFileSync(document, 'utf8');
  const [before, after] = [text.split(start)[0], text.split(end)[1]];
  const written = `${before}${start}\n\n${await table(folder)}\n\n${end}${after}`;
  writeFileSync(document, await format(written, { ...(await resolveConfig(document)), parser: 'markdown' }));
} catch (error) {
  console.error(complaint(error));
  process.exitCode = 1;
}
