import fc from 'fast-check';
import { formatReference, parseReference, requireReference, sameImageName } from './reference';

const digest = `sha256:${'a'.repeat(64)}`;

it.each([
  ['alpine', 'docker.io/library/alpine:latest'],
  ['alpine:3.20', 'docker.io/library/alpine:3.20'],
  ['grafana/grafana', 'docker.io/grafana/grafana:latest'],
  ['docker.io/alpine', 'docker.io/library/alpine:latest'],
  ['index.docker.io/library/alpine', 'docker.io/library/alpine:latest'],
  ['localhost/app', 'localhost/app:latest'],
  ['localhost:5000/app', 'localhost:5000/app:latest'],
  ['127.0.0.1:5000/a/b:1', '127.0.0.1:5000/a/b:1'],
  ['[::1]:5000/a:1', '[::1]:5000/a:1'],
  ['registry.example/team/app', 'registry.example/team/app:latest'],
  ['Registry/app', 'Registry/app:latest'],
  ['REGISTRY.example:5000/app', 'registry.example:5000/app:latest'],
  ['Index.Docker.IO/team/app', 'docker.io/team/app:latest'],
  [`alpine@${digest}`, `docker.io/library/alpine@${digest}`],
  [`r.example:5000/a:1@${digest}`, `r.example:5000/a:1@${digest}`],
  ['a/b__c/d-e.f---g:V1_2.3-x', 'docker.io/a/b__c/d-e.f---g:V1_2.3-x'],
])('%s is %s', (text, expected) => {
  expect(formatReference(requireReference(text))).toBe(expected);
});

it.each([
  '',
  ':1',
  'Alpine',
  'alpine:',
  'alpine:-x',
  `alpine:${'x'.repeat(129)}`,
  'alpine@sha256:1',
  'alpine@',
  `alpine@${digest}@${digest}`,
  'a//b',
  '/a',
  'a/',
  'a b',
  'a\n',
  'a/_b',
  'a/b-',
  'a/b..c',
  'http://registry.example/a',
  'registry.example:port/a',
  'registry.example:123456/a',
  'user@registry.example/a',
  `r.example/${'a'.repeat(255)}`,
  'x'.repeat(2000),
])('%j is not a reference', (text) => {
  expect(parseReference(text)).toBeUndefined();
});

it.each([
  ['alpine:3.20', 'docker.io/library/alpine:3.20', true],
  ['alpine', 'alpine:latest', true],
  ['alpine:1', 'alpine:2', false],
  ['Not A Name', 'Not A Name', true],
  ['Not A Name', 'alpine', false],
])('%s and %s are the same: %s', (a, b, expected) => {
  expect(sameImageName(a, b)).toBe(expected);
});

it('what it writes, it reads again', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom('a', 'b', '.', ':', '/', '-', '_', '@', '1', 'A'), maxLength: 40 }),
      (text) => {
        const parsed = parseReference(text);
        if (parsed !== undefined) expect(parseReference(formatReference(parsed))).toEqual(parsed);
      },
    ),
    { numRuns: 2000 },
  );
});

it('is not slow on hostile names', () => {
  expect(parseReference(`${'a-'.repeat(500)}!`)).toBeUndefined();
});
