import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

import { Ajv, type ValidateFunction } from 'ajv';
import addFormats from 'ajv-formats';
import type { ImageInventory, PackageType } from '@clarion/model';

import { imagePurl } from './image-purl';
import { renderInventory } from './render';
import { contentUuid } from './uuid';

const factsFolder = path.join(__dirname, '../testdata');
const cases = readdirSync(factsFolder);
const schemaFolder = path.join(
  path.dirname(require.resolve('@cyclonedx/cyclonedx-library/package.json')),
  'res/schema',
);

interface Component {
  readonly type: string;
  readonly group?: string;
  readonly name: string;
  readonly version?: string;
  readonly purl?: string;
  readonly licenses?: readonly object[];
  readonly 'bom-ref'?: string;
  readonly properties?: readonly { readonly name: string; readonly value: string }[];
  readonly evidence?: { readonly occurrences: readonly { readonly location: string }[] };
}

interface Document {
  readonly serialNumber: string;
  readonly metadata: { readonly component: Component; readonly properties?: Component['properties'] };
  readonly components: readonly Component[];
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn?: readonly string[] }[];
  readonly compositions?: readonly { readonly aggregate: string; readonly assemblies: readonly string[] }[];
}

function inventory(name: string): ImageInventory {
  return JSON.parse(readFileSync(path.join(factsFolder, name), 'utf8')) as ImageInventory;
}

function documentOf(facts: ImageInventory): Document {
  return JSON.parse([...renderInventory(facts)].join('')) as Document;
}

/** The official schema, which the library carries. */
function officialSchema(): ValidateFunction {
  const ajv = new Ajv({ strict: false, allErrors: true });
  addFormats(ajv);
  ajv.addFormat('idn-email', true).addFormat('iri-reference', true);
  const read = (name: string) => JSON.parse(readFileSync(path.join(schemaFolder, name), 'utf8')) as object;
  ajv.addSchema(read('spdx.SNAPSHOT.schema.json'), 'http://cyclonedx.org/schema/spdx.SNAPSHOT.schema.json');
  ajv.addSchema(read('jsf-0.82.SNAPSHOT.schema.json'), 'http://cyclonedx.org/schema/jsf-0.82.SNAPSHOT.schema.json');
  return ajv.compile(read('bom-1.6.SNAPSHOT.schema.json'));
}

const valid = officialSchema();

describe('cyclonedx', () => {
  it.each(cases)('writes %s as the official schema demands', (name) => {
    expect(valid(documentOf(inventory(name))) || valid.errors).toBe(true);
  });

  it('is measured with a schema that refuses', () => {
    const document = documentOf(inventory('debian.json'));
    expect(valid({ ...document, specVersion: 'x', serialNumber: 'y' })).toBe(false);
    expect(valid({ ...document, components: [{ type: 'package', name: 'a' }] })).toBe(false);
  });

  it('names image, distribution and packages the way other scanners match them', () => {
    const facts = inventory('debian.json');
    const { metadata, components } = documentOf(facts);
    expect(metadata.component).toMatchObject({
      type: 'container',
      name: 'registry.example/shop/checkout:2024.3',
      version: facts.image.manifestDigest,
      purl: expect.stringMatching(/^pkg:oci\/checkout@sha256:[0-9a-f]{64}\?arch=amd64/) as string,
    });
    expect(components.filter(({ type }) => type === 'operating-system')).toEqual([
      expect.objectContaining({ name: 'debian', version: '12' }),
    ]);
    const libraries = components.filter(({ type }) => type === 'library');
    expect(libraries.map(({ purl }) => purl).sort()).toEqual(facts.packages.map(({ purl }) => purl).sort());
    const libssl = libraries.find(({ name }) => name === 'libssl3');
    const properties = Object.fromEntries((libssl?.properties ?? []).map(({ name, value }) => [name, value]));
    expect(properties).toMatchObject({
      'clarion:layer:diffId': facts.image.layers[0]?.diffId,
      'clarion:layer:digest': facts.image.layers[0]?.digest,
      'clarion:package:type': 'dpkg',
      'clarion:source:name': 'openssl',
      'clarion:source:version': '3.0.11-1~deb12u1',
    });
    expect(libssl?.evidence?.occurrences).toEqual([{ location: 'var/lib/dpkg/status' }]);
  });

  it.each<readonly [PackageType, string, object]>([
    ['maven', 'org.apache.logging.log4j:log4j-core', { group: 'org.apache.logging.log4j', name: 'log4j-core' }],
    ['maven', 'log4j', { name: 'log4j' }],
    ['maven', ':log4j', { name: ':log4j' }],
    ['npm', '@babel/core', { group: '@babel', name: 'core' }],
    ['npm', 'lodash', { name: 'lodash' }],
    ['golang', 'golang.org/x/net', { name: 'golang.org/x/net' }],
    ['x-acme', 'a:b', { name: 'a:b' }],
  ])('writes group and name of the %s package %s', (type, name, written) => {
    const facts = inventory('debian.json');
    const document = documentOf({
      ...facts,
      packages: facts.packages.slice(0, 1).map((one) => ({ ...one, type, name })),
    });
    const [, { group, name: own } = {}] = document.components;
    expect({ ...(group !== undefined && { group }), name: own }).toEqual(written);
    expect(valid(document) || valid.errors).toBe(true);
  });

  it('writes the CPE of a runtime', () => {
    const cpe = 'cpe:2.3:a:f5:nginx:1.22.1:*:*:*:*:*:*:*';
    const facts = inventory('debian.json');
    const document = documentOf({ ...facts, packages: facts.packages.slice(0, 1).map((one) => ({ ...one, cpe })) });
    expect(document.components).toContainEqual(expect.objectContaining({ cpe }));
    expect(valid(document) || valid.errors).toBe(true);
  });

  it.each<[license: string, written: object]>([
    ['MIT', { license: { id: 'MIT' } }],
    ['MIT OR Apache-2.0', { expression: 'MIT OR Apache-2.0' }],
    ['LicenseRef-Acme', { expression: 'LicenseRef-Acme' }],
    ['BSD License', { license: { name: 'BSD License' } }],
  ])('writes the license %j as the official schema demands', (license, written) => {
    const facts = inventory('debian.json');
    const document = documentOf({ ...facts, packages: facts.packages.slice(0, 1).map((one) => ({ ...one, license })) });
    expect(document.components.flatMap(({ licenses = [] }) => licenses)).toEqual([written]);
    expect(valid(document) || valid.errors).toBe(true);
  });

  it('gives every component a unique reference, even equal records', () => {
    const facts = inventory('clean.json');
    const { components, dependencies } = documentOf({ ...facts, packages: [...facts.packages, ...facts.packages] });
    const refs = components.map((component) => component['bom-ref']);
    expect(new Set(refs).size).toBe(components.length);
    expect(components).toHaveLength(2 * facts.packages.length + 1);
    const image = dependencies.find(({ ref }) => ref === 'image');
    expect([...(image?.dependsOn ?? [])].sort()).toEqual([...refs].sort());
  });

  it('makes a component when it is written, so that no list of all of them is in memory', () => {
    const facts = inventory('clean.json');
    let made = 0;
    const [sample] = facts.packages;
    const packages = Array.from({ length: 1000 }, (_, n) => ({
      ...sample,
      name: `p${n}`,
      get version() {
        made += 1;
        return '1';
      },
    })) as unknown as ImageInventory['packages'];
    const pieces = renderInventory({ ...facts, packages })[Symbol.iterator]();
    const forSerialNumber = made;
    let writing = '';
    while (!writing.includes('p0')) writing = (pieces.next() as IteratorYieldResult<string>).value;
    expect(forSerialNumber).toBe(1000);
    expect(made - forSerialNumber).toBeLessThanOrEqual(32);
  });

  it('does not hide what could not be read', () => {
    const { metadata } = documentOf(inventory('incomplete.json'));
    expect(metadata.properties?.map(({ value }) => value)).toContainEqual(
      expect.stringContaining('the database ends in page 117'),
    );
  });

  const unread = {
    id: 'npm',
    files: 12,
    example: 'app/node_modules/a/package.json',
    layer: `sha256:${'0'.repeat(64)}`,
    reason: '',
  };
  const [gap] = inventory('incomplete.json').problems;
  it.each<[string, Partial<ImageInventory>, string | undefined]>([
    ['everything that is recognised', { problems: [] }, undefined],
    ['evidence that is not read', { problems: [{ ...gap!, code: 'unreadable-evidence' }] }, undefined],
    ['databases that disagree', { problems: [{ ...gap!, code: 'stale-database' }] }, 'incomplete'],
    ['a file that could not be read', { problems: [gap!] }, 'incomplete'],
    ['packages that no detector reads', { problems: [], ecosystems: [unread] }, 'incomplete'],
    ['no package', { problems: [], packages: [] }, 'incomplete'],
  ])('marks the bill of materials of an image with %s', (_what, more, aggregate) => {
    const document = documentOf({ ...inventory('clean.json'), ...more });
    expect(valid(document) || valid.errors).toBe(true);
    expect(document.compositions).toEqual(
      aggregate && [{ aggregate, assemblies: [document.metadata.component['bom-ref']] }],
    );
    const properties = (document.metadata.properties ?? []).map(({ name, value }) => `${name} ${value}`);
    expect(properties.includes('clarion:complete false')).toBe(aggregate !== undefined);
    expect(properties.filter((text) => text.startsWith('clarion:not-read'))).toEqual(
      more.ecosystems === undefined ? [] : ['clarion:not-read npm 12 app/node_modules/a/package.json'],
    );
  });

  it('has a serial number that changes with the content only', () => {
    const facts = inventory('clean.json');
    const { serialNumber } = documentOf(facts);
    expect(serialNumber).toMatch(/^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(documentOf(facts).serialNumber).toBe(serialNumber);
    expect(documentOf({ ...facts, packages: [] }).serialNumber).not.toBe(serialNumber);
    expect(contentUuid('a')).not.toBe(contentUuid('b'));
  });
});

describe('imagePurl', () => {
  const manifestDigest = `sha256:${'0'.repeat(64)}`;

  it.each([
    ['debian:12', 'pkg:oci/debian@', 'repository_url=debian&tag=12'],
    ['localhost:5000/Team/App', 'pkg:oci/app@', 'repository_url=localhost%3A5000%2FTeam%2FApp'],
    [`quay.example/a/b:1@${manifestDigest}`, 'pkg:oci/b@', 'repository_url=quay.example%2Fa%2Fb&tag=1'],
  ])('of %s', (reference, begin, end) => {
    const purl = imagePurl({ reference, manifestDigest, platform: 'linux/arm64/v8', layers: [] });
    expect(purl?.startsWith(begin)).toBe(true);
    expect(purl).toContain('arch=arm64');
    expect(purl?.endsWith(end)).toBe(true);
  });

  it.each(['', '/tmp/image', './image', 'image.tar', 'image.tar.gz', 'a b', '\u001b', 'x/', 'x'.repeat(2000)])(
    'is not invented for %j',
    (reference) => {
      expect(imagePurl({ reference, manifestDigest, platform: 'linux/amd64', layers: [] })).toBeUndefined();
    },
  );

  it('needs a manifest digest', () => {
    expect(imagePurl({ reference: 'debian', manifestDigest: null, platform: '', layers: [] })).toBeUndefined();
  });
});
