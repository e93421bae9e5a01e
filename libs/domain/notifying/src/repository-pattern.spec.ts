import { meantRepository } from './repository-pattern';

describe('a repository in a filter', () => {
  it.each([
    ...[
      'registry.example/team/app',
      'registry.example:5000/team/*',
      '127.0.0.1:5000/t/a',
      'localhost/a',
      '[::1]:5000/a',
    ],
    ...['docker.io/library/alpine', 'docker.io/team/app', 'docker.io/*', 'docker.io/al*'],
    ...['*', '*/app', '*/*/*', 'reg*/team/app', 'registry.example*', '*team*'],
  ])('can match: %s', (pattern) => {
    expect(meantRepository(pattern)).toBe(pattern);
  });

  it.each<readonly [pattern: string, meant: string | undefined]>([
    ['127.0.0.1:5000/T/a', '127.0.0.1:5000/t/a'],
    ['*/App', '*/app'],
    ['alpine', 'docker.io/library/alpine'],
    ['alpine:3', 'docker.io/library/alpine'],
    ['team/app', 'docker.io/team/app'],
    ['team/*', 'docker.io/team/*'],
    ['docker.io/alpine', 'docker.io/library/alpine'],
    ['index.docker.io/team/app', 'docker.io/team/app'],
    ['registry.example', 'registry.example/*'],
    ['registry.example/team/', 'registry.example/team/*'],
    ['registry.example//team', 'registry.example/team'],
    ['https://registry.example/team', 'registry.example/team'],
    ['registry.example:5000/team/app:1', 'registry.example:5000/team/app'],
    ['registry.example/team/app@sha256:00', 'registry.example/team/app'],
    [' registry.example/a', 'registry.example/a'],
    ['registry.example/a b', undefined],
    ['registry.example/ä', undefined],
    ['', undefined],
  ])('matches nothing: %j; suggestion: %j', (pattern, meant) => {
    expect(meantRepository(pattern)).toBe(meant);
    if (meant !== undefined) expect(meantRepository(meant)).toBe(meant);
  });
});
