import { compileFileFilters } from '@clarion/layer-archive';
import type { DetectedFacts } from '@clarion/model';
import { testBudget } from '@clarion/test-kit';
import { python } from '.';
import { nameInPath } from '../python-installed';
import { parseMetadata } from './parse';

const site = 'usr/lib/python3/site-packages';
const dist = `${site}/a-1.dist-info/METADATA`;

function parse(text: string, path = dist): ReturnType<typeof parseMetadata> {
  return parseMetadata({ path, content: Buffer.from(text) }, testBudget());
}

describe('python reads', () => {
  it.each<[what: string, text: string, fields: Record<string, string>]>([
    ['a name as written', 'Name: Odd.Name_x\nVersion: 2.0\n', { name: 'Odd.Name_x', version: '2.0' }],
    ['headers in any case', 'name: a\nVERSION: 1\n', { name: 'a', version: '1' }],
    ['lines that end in CRLF', 'Name: a\r\nVersion: 1\r\n\r\nVersion: 2\r\n', { name: 'a', version: '1' }],
    ['lines that end in CR', 'Name: b\rVersion: 2\r\rVersion: 3\r', { name: 'b', version: '2' }],
    [
      'a CR between lines that end in LF',
      'Name: b\rVersion: 2\nLicense: MIT\n',
      { name: 'b', version: '2', license: 'MIT' },
    ],
    ['lines that end in CR CR LF', 'Name: b\r\r\nVersion: 2\r\r\n', { name: 'b', version: '2' }],
    ['a byte order mark', '\ufeffName: b\nVersion: 1\n', { name: 'b', version: '1' }],
    ['the first of several versions', 'Name: a\nVersion: 1\nVersion: 2\n', { name: 'a', version: '1' }],
    ['no header in a continuation', 'Name: a\nSummary: s\n  Version: 9\nVersion: 1\n', { name: 'a', version: '1' }],
    ['nothing from the body', 'Name: a\n\nVersion: 9\n', { name: 'a', version: '1' }],
    ['an empty name as none', 'Name:\nVersion: 2\n', { name: 'a', version: '2' }],
    ['an SPDX expression', 'License: x\nLicense-Expression: MIT OR BSD-3-Clause\n', { license: 'MIT OR BSD-3-Clause' }],
    ['a licence in words', 'License: BSD\nClassifier: License :: OSI Approved :: BSD License\n', { license: 'BSD' }],
    ['licences of classifiers', 'Classifier: License :: OSI Approved\nClassifier: License :: X\n', { license: 'X' }],
    [
      'a common word, and the classifier that says what it means',
      'License: GPL\nClassifier: License :: OSI Approved :: GNU General Public License v3 (GPLv3)\n',
      { license: 'GPL-3.0-only' },
    ],
    ['a licence by its name', 'License: Apache License, Version 2.0\n', { license: 'Apache-2.0' }],
    [
      'several classifiers, each by itself',
      'Classifier: License :: OSI Approved :: MIT License\nClassifier: License :: OSI Approved :: BSD License\n',
      { license: 'MIT, BSD License' },
    ],
    [
      'no licence text',
      `License: ${'x'.repeat(300)}\nClassifier: License :: OSI Approved :: MIT License\n`,
      { license: 'MIT' },
    ],
  ])('%s', (_, text, fields) => {
    const { features, problems } = parse(text);
    expect(features).toEqual([{ type: 'pypi', name: 'a', version: '1', path: dist, ...fields }]);
    expect(problems).toEqual([]);
  });

  it('no package without a version, and reports that', () => {
    const { features, problems } = parse('Name: a\n', `${site}/a.egg-info/PKG-INFO`);
    expect([features, problems.map(({ code }) => code)]).toEqual([[], ['bad-record']]);
  });

  it('at most as many packages as a layer may have', () => {
    const budget = testBudget();
    const files = Array.from({ length: 100_001 }, () => ({ path: dist, content: Buffer.from('') }));
    expect(python.detect(files, budget)).toMatchObject({ problems: [] });
    expect(budget.problem()?.code).toBe('limit-reached');
  });
});

describe('python takes', () => {
  const detect = (...paths: readonly string[]): readonly string[] => {
    const files = paths.map((path) => ({ path, content: Buffer.from('') }));
    const { features = [], problems = [] } = python.detect(files, testBudget()) as DetectedFacts;
    return [
      ...features.map((one) => `${one.name} ${one.version}`),
      ...problems.map(({ code, path }) => `${code} ${path}`),
    ];
  };
  const info = `${site}/ghost-1.0.dist-info`;

  it.each<[what: string, paths: readonly string[], found: readonly string[]]>([
    ['parts beside metadata for nothing', [`${info}/INSTALLER`, `${info}/METADATA`, `${info}/WHEEL`], ['ghost 1.0']],
    ['parts without metadata for one problem', [`${info}/WHEEL`, `${info}/INSTALLER`], [`bad-record ${info}/WHEEL`]],
    [
      'editable installations for what their metadata says',
      [`${site}/e-1.dist-info/METADATA`, `${site}/e-1.dist-info/INSTALLER`, 'srv/f/f-2.egg-info/PKG-INFO'],
      ['e 1', 'f 2'],
    ],
  ])('%s', (_, paths, found) => {
    expect(detect(...paths)).toEqual(found);
  });
});

test.each<[path: string, found: string | undefined]>([
  [`${site}/flask-3.0.dist-info/METADATA`, 'flask 3.0'],
  [`${site}/Mako-1.1.3-py3.11.egg/EGG-INFO/PKG-INFO`, 'Mako 1.1.3'],
  [`${site}/PyPDF2-1.26.0.egg-info`, 'PyPDF2 1.26.0'],
  [`${site}/Flask-Login-0.4-py3.6.egg-info`, 'Flask-Login 0.4'],
  [`${site}/sample_lib.egg-info/PKG-INFO`, undefined],
  [`${site}/-1.egg-info`, undefined],
  [`${site}/${'a-'.repeat(2000)}1.egg-info`, undefined],
])('the name in %s', (path, found) => {
  const named = nameInPath(path);
  expect(named && `${named.name} ${named.version}`).toBe(found);
});

test.each<[path: string, installed: boolean]>([
  [dist, true],
  [`${site}/setuptools/_vendor/zipp-3.19.2.dist-info/METADATA`, true],
  ['var/task/requests-2.0.dist-info/METADATA', true],
  ['srv/tests/venv/lib/python3.11/site-packages/a-1.dist-info/METADATA', true],
  [`${site}/tests-1.dist-info/METADATA`, true],
  [`${site}/pkg_resources/tests/data/b-1.egg/EGG-INFO/PKG-INFO`, false],
  [`${site}/test/b-1.egg-info`, false],
  [`${site}/~lask-3.0.dist-info/METADATA`, false],
  [`${site}/~lask-3.0.egg-info`, false],
  ['root/.cache/uv/archive-v0/x/a-1.dist-info/METADATA', false],
  ['opt/uv-cache/archive-v0/x/a-1.dist-info/METADATA', false],
  ['root/.cache/uv/builds-v0/.tmp1/lib/python3.11/site-packages/a-1.dist-info/METADATA', false],
  ['root/.cache/pip/wheels/a-1.dist-info/METADATA', false],
  ['root/.cache/pypoetry/virtualenvs/shop-x-py3.11/lib/python3.11/site-packages/a-1.dist-info/METADATA', true],
  ['root/.cache/pre-commit/repo1/py_env-python3/lib/python3.11/site-packages/a-1.dist-info/METADATA', true],
  ['root/.cache/pypoetry/virtualenvs/s-py3.11/lib/python3.11/site-packages/a/tests/b-1.egg-info', false],
  ['opt/conda/pkgs/a-1-py311_0/lib/python3.11/site-packages/a-1.dist-info/METADATA', false],
  ['opt/conda/pkgs/a-b-1-pyh_0/site-packages/a-1.dist-info/METADATA', false],
  ['opt/conda/envs/pkgs/lib/python3.11/site-packages/a-1.dist-info/METADATA', true],
])('%s is that of an installed package: %s', (path, installed) => {
  expect(compileFileFilters([python]).match(path).length > 0).toBe(installed);
});
