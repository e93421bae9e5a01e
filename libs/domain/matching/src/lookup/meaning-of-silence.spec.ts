import { feedSources } from '@clarion/feed-sources';
import type { FeedState } from '@clarion/model';
import { stateOf } from '@clarion/test-kit/match-facts';
import { meaningOfSilence, type SilenceMeaning } from './meaning-of-silence';

/** Feeds of this build are on and have these states. */
const rows: readonly (readonly [namespace: string, states: readonly FeedState[], SilenceMeaning])[] = [
  ['debian:12', [stateOf('debian-security-tracker', ['debian:12'])], 'not-affected'],
  ['ubuntu:24.04', [stateOf('ubuntu', ['ubuntu:24.04'])], 'not-affected'],
  ['rhel:9', [stateOf('redhat-vex', ['rhel:9'])], 'not-affected'],
  ['centos:7', [stateOf('redhat-vex', ['rhel:7'])], 'not-affected'],
  ['arch', [stateOf('arch-security', ['arch'])], 'not-affected'],
  ['azurelinux:3.0', [stateOf('azure-linux', ['azurelinux:3.0'])], 'not-affected'],
  ['sles:15.6', [stateOf('suse', ['sles:15.6'])], 'not-affected'],
  ['opensuse-leap:15.6', [stateOf('suse', ['opensuse-leap:15.6', 'sles:15.6'])], 'not-affected'],
  // Without the documents about flaws that have no fix, patch data is left.
  ['sles:15.6', [stateOf('suse', ['sles:15.6'], { missing: [{ name: 'vex' }] })], 'unknown'],
  ['alpine:v3.20', [stateOf('alpine-secdb', ['alpine:v3.20'])], 'unknown'],
  ['amzn:2023', [stateOf('amazon-linux', ['amzn:2023'])], 'unknown'],
  ['oracle:9', [stateOf('oracle-oval', ['oracle:9'])], 'unknown'],
  ['rocky:9', [stateOf('rocky-linux', ['rocky:9'])], 'unknown'],
  ['alma:9', [stateOf('almalinux', ['alma:9'])], 'unknown'],
  // It runs ahead of RHEL, whose advisories only indicate what may be wrong.
  ['centos-stream:9', [stateOf('redhat-vex', ['rhel:9'])], 'unknown'],
  ['debian:12', [], 'no-data'],
  ['debian:12', [stateOf('debian-security-tracker', ['debian:11'])], 'no-data'],
  ['rhel:9', [stateOf('redhat-vex', ['rhel:any'])], 'no-data'],
  // It is off, whatever a store has of it.
  ['wolfi', [stateOf('wolfi', ['wolfi'])], 'no-data'],
  ['fedora:42', [stateOf('redhat-vex', ['rhel:9'])], 'no-data'],
];

test.each(rows)('of %s, with %j: %s', (namespace, states, meaning) => {
  expect(meaningOfSilence(namespace, states, feedSources)).toBe(meaning);
});
