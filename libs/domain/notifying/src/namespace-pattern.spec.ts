import { feedSources } from '@clarion/feed-sources';
import { canBeNamespace, meantNamespace } from './namespace-pattern';

describe('a namespace in a filter', () => {
  it.each([
    ...['debian:12', 'debian:15', 'debian:unstable', 'alpine:v3.20', 'alpine:edge', 'amzn:2023', 'wolfi', 'arch'],
    ...['npm', 'crates.io', 'x-acme', 'x-acme-linux:3'],
    ...[
      '*',
      'debian:*',
      'debian*',
      'deb*',
      'debian:1*',
      'alpine:v3.*',
      'debian:15*',
      'np*',
      'npm*',
      'x-*',
      'x-acme*',
      'x*',
    ],
  ])('is valid: %s', (pattern) => {
    expect(canBeNamespace(pattern)).toBe(true);
  });

  it('can be any namespace of a feed', () => {
    const patterns = feedSources.flatMap(({ namespaces }) => namespaces);
    expect(patterns.length).toBeGreaterThan(20);
    expect(patterns.filter((pattern) => !canBeNamespace(pattern))).toEqual([]);
  });

  it.each<readonly [pattern: string, meant: string | undefined]>([
    ['debain:12', 'debian:12'],
    ['debian', 'debian:*'],
    ['Debian:12', 'debian:12'],
    ['debian:bookworm', 'debian:12'],
    ['debian:99', 'debian:9'],
    ['debian:12.5', 'debian:12'],
    ['debain:*', 'debian:*'],
    ['debain*', 'debian:*'],
    ['alpine:3.20', 'alpine:v3.20'],
    ['wolfi:1', 'wolfi'],
    ['Npm', 'npm'],
    ['golang', 'go'],
    ['x_acme', undefined],
    ['x-Acme', undefined],
    ['nothing-like-it*', undefined],
    [' debian:12', 'debian:12'],
    ['*:12', undefined],
  ])('is invalid: %j; suggestion: %j', (pattern, meant) => {
    expect(canBeNamespace(pattern)).toBe(false);
    expect(meantNamespace(pattern)).toBe(meant);
    if (meant !== undefined) expect(canBeNamespace(meant)).toBe(true);
  });
});
