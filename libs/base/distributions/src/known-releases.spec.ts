import { knownReleases, standingOf } from './known-releases';

describe('a release', () => {
  it.each([
    ['debian:12', 'known'],
    ['debian:unstable', 'known'],
    ['alpine:edge', 'known'],
    ['arch', 'known'],
    ['npm', 'known'],
    ['x-acme:77', 'known'],
    // One step from one that is known.
    ['debian:15', 'unlisted'],
    ['ubuntu:26.10', 'unlisted'],
    ['ubuntu:27.04', 'unlisted'],
    ['alpine:v3.24', 'unlisted'],
    ['alpine:v4.0', 'unlisted'],
    ['rhel:11', 'unlisted'],
    ['amzn:2025', 'unlisted'],
    ['sles:16.1', 'unlisted'],
    ['sles:17', 'unlisted'],
    ['opensuse-leap:16.1', 'unlisted'],
    ['opensuse-leap:17.0', 'unlisted'],
    // Older than all that are known.
    ['debian:3.1', 'unlisted'],
    ['ubuntu:6.06', 'unlisted'],
    ['fedora:7', 'unlisted'],
    ['debian:16', 'none'],
    ['debian:99', 'none'],
    ['ubuntu:22.40', 'none'],
    ['ubuntu:99.04', 'none'],
    ['rhel:12', 'none'],
    ['alpine:v3.99', 'none'],
    ['alpine:v9.0', 'none'],
    ['amzn:2099', 'none'],
    ['amzn:4', 'none'],
    ['photon:9.0', 'none'],
    ['debian:testing', 'none'],
  ])('%s is %s', (namespace, standing) => {
    expect(standingOf(namespace)).toBe(standing);
  });

  it('of a distribution is listed by its namespace id', () => {
    expect(knownReleases('wolfi')).toEqual(['wolfi']);
    expect(knownReleases('rocky')).toEqual(['rocky:8', 'rocky:9', 'rocky:10']);
    expect(knownReleases('nothing')).toEqual([]);
  });
});
