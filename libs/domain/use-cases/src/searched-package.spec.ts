import { searchedPackage } from './searched-package';

test('a name is searched among all types, a package URL in one', () => {
  expect(searchedPackage('Flask_Login')).toContainEqual(['pypi', 'flask-login']);
  expect(searchedPackage('golang.org/x/net')).toContainEqual(['golang', 'golang.org/x/net']);
  expect(searchedPackage('composer/composer')).toContainEqual(['composer', 'composer/composer']);
  expect(searchedPackage('pkg:pypi/Flask_Login')).toEqual([['pypi', 'flask-login']]);
});

test.each([
  ['npm/underscore', 'write underscore, or the package URL pkg:npm/underscore'],
  ['deb/bash', 'write bash, or the package URL pkg:deb/bash'],
  ['pkg:npm/underscore@1.12.0', 'leave out @1.12.0'],
  ['pkg:what/underscore', 'write it like pkg:npm/lodash, or the name of the package alone'],
])('%s is rejected: %s', (text, remedy) => {
  expect(() => searchedPackage(text)).toThrow(expect.objectContaining({ code: 'invalid-input', remedy }) as Error);
});
