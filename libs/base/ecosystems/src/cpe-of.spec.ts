import { cpeOf, ecosystemOfNamespace, namespaceOfPackage, runtimes } from './index';

const rest = ':*:*:*:*:*:*';

test.each([
  ['nginx', '1.22.1', 'cpe:2.3:a:f5:nginx:1.22.1:*'],
  ['python', '3.13.0rc1', 'cpe:2.3:a:python:python:3.13.0:rc1'],
  ['php', '8.3.0RC3', 'cpe:2.3:a:php:php:8.3.0:rc3'],
  ['openssl', '1.0.2k', 'cpe:2.3:a:openssl:openssl:1.0.2k:*'],
  ['openssl', '3.0.0-alpha17', 'cpe:2.3:a:openssl:openssl:3.0.0:alpha17'],
  ['openjdk', '1.8.0_392', 'cpe:2.3:a:oracle:openjdk:1.8.0:update392'],
  ['node', '20.20.2', 'cpe:2.3:a:nodejs:node.js:20.20.2:*'],
  ['curl', '1:2', 'cpe:2.3:a:haxx:curl:1\\:2:*'],
  ['git', '**', 'cpe:2.3:a:git-scm:git:\\*\\*:*'],
])('the CPE of %s %s', (name, version, cpe) => {
  expect(cpeOf({ type: 'generic', name, version })).toBe(`${cpe}${rest}`);
});

test.each([
  ['generic', 'busybox-extras', '1'],
  ['npm', 'node', '20.0.0'],
  ['dpkg', 'nginx', '1.22.1-9'],
  ['generic', 'nginx', ''],
  ['generic', 'nginx', 'one two'],
  ['generic', 'nginx', '1'.repeat(1000)],
])('%s %s %s has no CPE', (type, name, version) => {
  expect(cpeOf({ type, name, version })).toBeUndefined();
});

test('each runtime has a namespace, other programs share one', () => {
  const names = runtimes.map(({ name }) => name);
  expect(names).toEqual([...new Set(names)].sort());
  for (const name of names) {
    expect(namespaceOfPackage({ type: 'generic', name })).toBe(`generic:${name}`);
    expect(ecosystemOfNamespace(`generic:${name}`)?.type).toBe('generic');
  }
  expect(namespaceOfPackage({ type: 'generic', name: 'tool' })).toBe('generic');
  expect(namespaceOfPackage({ type: 'npm', name: 'nginx' })).toBe('npm');
  expect(namespaceOfPackage({ type: 'dpkg', name: 'nginx' })).toBeUndefined();
});
