import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

import type { ImageInventory, Report } from '@clarion/model';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020';

import { renderInventory, renderReport } from './render';

const factsFolder = path.join(__dirname, '../testdata');
const schemas = path.join(__dirname, '../../../../../docs/schemas');
const cases = readdirSync(factsFolder);

function readJson(folder: string, name: string): unknown {
  return JSON.parse(readFileSync(path.join(folder, name), 'utf8'));
}

function validator(name: string): ValidateFunction {
  return new Ajv2020({ allErrors: true, allowUnionTypes: true }).compile(readJson(schemas, name) as object);
}

const validReport = validator('report-v1.json');
const validInventory = validator('inventory-v1.json');

type Tree = Record<string, unknown>;

/** The parts of a parsed report, for changes that types do not allow. */
function part(tree: unknown, ...keys: readonly (string | number)[]): Tree {
  return keys.reduce<Tree>((node, key) => node[key] as Tree, tree as Tree);
}

function reportText(report: Report): string {
  return [...renderReport(report)].join('');
}

function inventoryText(inventory: ImageInventory): string {
  return [...renderInventory(inventory)].join('');
}

describe('json', () => {
  it.each(cases)('writes %s as its published schema promises', (name) => {
    const report = readJson(factsFolder, name) as Report;
    expect(validReport(JSON.parse(reportText(report))) || validReport.errors).toBe(true);
    expect(validInventory(JSON.parse(inventoryText(report))) || validInventory.errors).toBe(true);
  });

  it.each(cases)('loses nothing of %s', (name) => {
    const report = readJson(factsFolder, name) as Report;
    const { schemaVersion, clarion, image, namespaces, packages, problems } = report;
    const inventory = { schemaVersion, clarion, image, namespaces, packages, problems };
    expect(JSON.parse(reportText(report))).toEqual(report);
    expect(JSON.parse(inventoryText(report))).toEqual(inventory);
  });

  it.each(['malicious', 'informational'] as const)('says of a finding that it is %s, and counts it apart', (kind) => {
    const report = readJson(factsFolder, 'apart.json') as Report;
    const countedApart = { malicious: 0, informational: 0, otherArchitecture: 0, [kind]: 1 };
    const marked = { ...report, countedApart, findings: report.findings.slice(0, 1).map((one) => ({ ...one, kind })) };
    expect(validReport(JSON.parse(reportText(marked))) || validReport.errors).toBe(true);
    expect(JSON.parse(reportText(marked))).toEqual(marked);
  });

  it('has the ecosystems that no detector read in both', () => {
    const report = readJson(factsFolder, 'debian.json') as Report;
    const npm = { id: 'npm', files: 2, example: 'a/package.json', layer: report.image.layers[0]?.diffId ?? '' };
    const unread = { ...npm, reason: 'no detector reads npm packages' };
    const more = { ...unread, secret: true };
    const inventory: ImageInventory = { ...report, ecosystems: [more] };
    expect(validInventory(JSON.parse(inventoryText(inventory))) || validInventory.errors).toBe(true);
    expect(JSON.parse(inventoryText(inventory))).toMatchObject({ ecosystems: [unread] });
    expect(inventoryText(inventory)).not.toContain('secret');
    const coverage = { ...report.coverage, ecosystems: [{ ...unread, accepted: true }] };
    expect(validReport(JSON.parse(reportText({ ...report, coverage }))) || validReport.errors).toBe(true);
    expect(JSON.parse(reportText({ ...report, coverage }))).toMatchObject({ coverage });
  });

  it('lists the documents that feeds lack, and the namespaces that each of them concerns', () => {
    const report = readJson(factsFolder, 'debian.json') as Report;
    const missing = [
      { name: 'vex.tar' },
      { name: 'nvdcve-2.0-2023.json', ids: ['CVE-2023-'] },
      { name: 'nginx1', namespaces: ['amzn:2'], origin: 'amzn2extra-nginx1', architecture: 'aarch64' },
      { name: 'rejections.yaml', onlyRemoves: true as const },
    ];
    const partial = [{ feed: 'vendor', missing: ['vex.tar'], reason: 'vendor is partial' }];
    const coverage = {
      ...report.coverage,
      namespaces: report.coverage.namespaces.map((one) => ({ ...one, partial })),
      feeds: report.coverage.feeds.map((one) => ({ ...one, missing })),
    };
    expect(validReport(JSON.parse(reportText({ ...report, coverage }))) || validReport.errors).toBe(true);
    expect((JSON.parse(reportText({ ...report, coverage })) as Report).coverage).toEqual(coverage);
  });

  it('lists suppressed findings, each with its reason', () => {
    const report = readJson(factsFolder, 'debian.json') as Report;
    const suppressedBy = { kind: 'program' as const, id: 'go-vulndb', reason: 'symbols not present' };
    const list = report.findings.slice(0, 2).map((finding) => ({ ...finding, suppressedBy }));
    const sources = [{ kind: 'program' as const, id: 'go-vulndb', findings: 2 }];
    const written = JSON.parse(reportText({ ...report, suppressed: { findings: 2, sources, list } })) as Report;
    expect(validReport(written) || validReport.errors).toBe(true);
    expect(written.suppressed).toEqual({ findings: 2, sources, list });
    expect(list).toHaveLength(2);
  });

  it('writes the members in the order of the documentation', () => {
    const report = readJson(factsFolder, 'debian.json') as Report;
    expect(Object.keys(JSON.parse(reportText(report)) as object)).toEqual([
      'schemaVersion',
      'clarion',
      'image',
      'namespaces',
      'packages',
      'findings',
      'coverage',
      'suppressed',
      'problems',
      'summary',
      'totals',
    ]);
  });

  it('writes nothing that is not in the schema', () => {
    const report = { ...(readJson(factsFolder, 'clean.json') as Report), secret: 1 };
    expect(reportText(report)).not.toContain('secret');
    expect(inventoryText(report as ImageInventory)).not.toContain('secret');
  });
});

describe('published schemas', () => {
  it.each<[string, (tree: Tree) => void]>([
    ['a missing member', (tree) => delete tree['coverage']],
    ['an unknown member', (tree) => (tree['more'] = 1)],
    ['another schema version', (tree) => (tree['schemaVersion'] = 2)],
    ['an unknown state', (tree) => (part(tree, 'findings', 0)['state'] = 'Fixed')],
    ['an unknown severity', (tree) => (part(tree, 'findings', 0)['severity'] = 'Moderate')],
    ['a layer that is not a digest', (tree) => (part(tree, 'packages', 0)['layer'] = 'sha256:12')],
    ['a package without version', (tree) => delete part(tree, 'packages', 0)['version']],
    ['a finding nobody stated', (tree) => (part(tree, 'findings', 0)['statements'] = [])],
    ['completeness that is not a boolean', (tree) => (part(tree, 'coverage')['complete'] = 'yes')],
    ['a negative sum', (tree) => (part(tree, 'summary')['High'] = -1)],
    ['a sum without a severity', (tree) => delete part(tree, 'summary')['Unknown']],
  ])('refuse a report with %s', (_, spoil) => {
    const tree = readJson(factsFolder, 'debian.json') as Tree;
    expect(validReport(tree)).toBe(true);
    spoil(tree);
    expect(validReport(tree)).toBe(false);
  });

  it('refuse a report as inventory, and the other way round', () => {
    const report = readJson(factsFolder, 'debian.json') as Report;
    expect(validInventory(report)).toBe(false);
    expect(validReport(JSON.parse(inventoryText(report)))).toBe(false);
  });

  it('describe the shared parts alike', () => {
    const report = part(readJson(schemas, 'report-v1.json'), '$defs');
    const inventory = part(readJson(schemas, 'inventory-v1.json'), '$defs');
    expect(report).toMatchObject(inventory);
  });
});
