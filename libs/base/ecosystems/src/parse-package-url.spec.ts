import { ecosystemNamed, parsePackageUrl } from './index';

test.each([
  ['pkg:npm/underscore', { type: 'npm', name: 'underscore' }],
  ['pkg:npm/%40types/node', { type: 'npm', name: '@types/node' }],
  ['pkg:npm/@types/node@18.0.0', { type: 'npm', name: '@types/node', version: '18.0.0' }],
  ['pkg:maven/org.dom4j/dom4j@2.1.1?type=jar', { type: 'maven', name: 'org.dom4j:dom4j', version: '2.1.1' }],
  ['pkg:golang/golang.org/x/net', { type: 'golang', name: 'golang.org/x/net' }],
  ['pkg:deb/debian/libssl3?arch=amd64', { type: 'dpkg', name: 'libssl3' }],
  ['pkg:unknown/a', undefined],
  ['pkg:npm/', undefined],
  ['pkg:npm/%zz', undefined],
  ['npm/underscore', undefined],
])('%s is %j', (text, expected) => {
  expect(parsePackageUrl(text)).toEqual(expected);
});

test.each([
  ['rubygems', 'gem'],
  ['RubyGems', 'gem'],
  ['golang', 'golang'],
  ['go', 'golang'],
  ['crates.io', 'cargo'],
  ['python', 'pypi'],
  ['deb', 'dpkg'],
  ['nothing', undefined],
])('%s means %s', (name, type) => {
  expect(ecosystemNamed(name)?.type).toBe(type);
});
