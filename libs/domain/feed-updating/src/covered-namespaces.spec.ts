import path from 'node:path';
import { feedSources } from '@clarion/feed-sources';
import { directoryUpstream } from '@clarion/feed-upstreams';
import type { FeedSource, Upstream } from '@clarion/model';
import { CoveredReleases } from './covered-releases';
import { fetchDocument } from './fetch-document';

const sources = path.join(__dirname, '../../../plugins/feed-sources/src');

interface Spoken {
  readonly covered: Set<string>;
  readonly all: Set<string>;
}

/** The namespaces that the documents of a feed mention, and those of them that they cover. */
async function read(source: FeedSource, upstream: Upstream): Promise<Spoken> {
  const spoken: Spoken = { covered: new Set(), all: new Set() };
  for (const planned of (await source.plan(upstream, undefined)).documents) {
    const answer = await fetchDocument(upstream, planned, undefined);
    if (answer.kind !== 'content') continue;
    const releases = new CoveredReleases(true);
    const mentioned = new Set<string>();
    for await (const record of source.parse({ name: planned.name, body: answer.body })) {
      if (record.kind !== 'group') continue;
      mentioned.add(record.group.namespace);
      releases.note(record.group.namespace, [['base', record]]);
    }
    const addOnsOnly = releases.addOnsOnly([...mentioned], { mentioned, last: undefined });
    for (const namespace of mentioned) {
      spoken.all.add(namespace);
      if (!addOnsOnly.includes(namespace)) spoken.covered.add(namespace);
    }
  }
  return spoken;
}

/** `covered / only add-ons`, from the real excerpts that each feed is tested with. */
const expected: Readonly<Record<string, string>> = {
  almalinux: 'alma:8 alma:9 / ',
  'alpine-secdb': 'alpine:any alpine:edge alpine:v3.2 alpine:v3.20 / ',
  'amazon-linux': 'amzn:1 amzn:2 amzn:2023 / ',
  'arch-security': 'arch / ',
  'azure-linux': 'azurelinux:3.0 mariner:1.0 / ',
  chainguard: 'chainguard / ',
  'debian-security-tracker':
    'debian:10 debian:11 debian:12 debian:13 debian:14 debian:experimental debian:unstable debian:zurg / ',
  'go-vulndb': 'go / ',
  'nodejs-core': 'generic:node / ',
  nvd: 'generic:openssl / ',
  'oracle-oval': 'oracle:10 oracle:5 oracle:6 oracle:7 oracle:9 / oracle:8',
  osv: 'crates.io go maven npm nuget packagist pypi rubygems / ',
  photon: 'photon:1.0 photon:5.0 / ',
  'redhat-vex': 'rhel:6 rhel:7 rhel:8 rhel:9 / rhel:any',
  'rocky-linux': 'rocky:10 rocky:8 / ',
  suse: 'opensuse-leap:15.5 opensuse-tumbleweed sle-micro:5.5 sles:12.4 sles:15.4 / sles:12 sles:12.1 sles:12.2 sles:12.3 sles:12.5 sles:15 sles:15.1 sles:15.2 sles:15.3 sles:15.5 sles:15.6 sles:15.7',
  ubuntu: 'ubuntu:18.04 ubuntu:20.04 ubuntu:22.04 ubuntu:24.04 ubuntu:24.10 / ubuntu:14.04',
  'ubuntu-cve-tracker':
    'ubuntu:14.04 ubuntu:16.04 ubuntu:17.04 ubuntu:18.04 ubuntu:20.04 ubuntu:21.10 ubuntu:22.04 ubuntu:6.06 ubuntu:6.10 / ',
  wolfi: 'wolfi / ',
};

it('every feed with advisories is checked, except for pages that are planned one by one', () => {
  const speaking = feedSources.filter(({ namespaces }) => namespaces.length > 0).map(({ id }) => id);
  expect(speaking.filter((id) => !Object.hasOwn(expected, id))).toEqual(['redhat-security-data']);
});

describe('namespaces that the excerpts of each feed cover', () => {
  const feeds = feedSources.filter(({ id }) => Object.hasOwn(expected, id));
  it.each(feeds.map((source) => [source.id, source] as const))('%s', async (id, source) => {
    const spoken = await read(source, directoryUpstream(path.join(sources, id, 'testdata/input')));
    const rest = [...spoken.all].filter((namespace) => !spoken.covered.has(namespace));
    expect(`${[...spoken.covered].sort().join(' ')} / ${rest.sort().join(' ')}`).toBe(expected[id]);
  });
});
