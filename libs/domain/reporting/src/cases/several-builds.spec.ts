import { feedSources } from '@clarion/feed-sources';
import type { AdvisoryGroup } from '@clarion/model';
import { buildTar, file } from '@clarion/test-kit';
import { rpm } from '@clarion/test-kit/match-facts';
import { linesOf } from '../../testing/reports';

const cve = 'CVE-2099-0001';

async function groupsOf(feed: string, name: string, content: string | Uint8Array): Promise<readonly AdvisoryGroup[]> {
  const body = (async function* () {
    yield await Promise.resolve(Buffer.from(content));
  })();
  const groups: AdvisoryGroup[] = [];
  for await (const record of feedSources.find(({ id }) => id === feed)?.parse({ name, body }) ?? []) {
    if (record.kind === 'group') groups.push(record.group);
  }
  return groups;
}

/** An erratum of AlmaLinux that ships the package in these versions. */
function alma(...versions: readonly string[]): string {
  const packages = versions.map((version) => {
    return { name: 'a', epoch: '0', version, release: '1.el9', arch: 'x86_64' };
  });
  const references = [{ type: 'cve', id: cve }];
  const data = [{ id: 'ALSA-2099:1', type: 'security', references, packages }];
  return JSON.stringify({ schema_version: '1.0', data });
}

function rocky(...versions: readonly string[]): string {
  const packages = versions.map((version) => {
    return { nevra: `a-0:${version}-1.el9.x86_64.rpm`, product_name: 'Rocky Linux 9 x86_64', repo_name: 'BaseOS' };
  });
  const advisories = [{ name: 'RLSA-2099:1', kind: 'Security', cves: [{ cve }], packages }];
  return JSON.stringify({ advisories, total: 1, page: 1, size: 1 });
}

function amazon(...versions: readonly string[]): string {
  const packages = versions.map((version) => {
    return `<package name="a" epoch="0" version="${version}" release="1.amzn2" arch="x86_64"/>`;
  });
  return `<updates><update type="security"><id>ALAS2-2099-1</id><references><reference id="${cve}" type="cve"/></references>
    <pkglist><collection>${packages.join('')}</collection></pkglist></update></updates>`;
}

/** A document of Red Hat in which one erratum ships the package in these versions for the same product. */
function redhat(...versions: readonly string[]): string {
  const product = {
    category: 'product_name',
    name: 'RHEL',
    product: {
      name: 'RHEL',
      product_id: 'BaseOS',
      product_identification_helper: { cpe: 'cpe:/o:redhat:enterprise_linux:9::baseos' },
    },
  };
  const builds = versions.map((version) => `a-0:${version}-1.el9.x86_64`);
  const components = builds.map((build, at) => {
    const purl = `pkg:rpm/redhat/a@${versions[at] ?? ''}-1.el9?arch=x86_64`;
    return {
      category: 'product_version',
      name: build,
      product: { name: build, product_id: build, product_identification_helper: { purl } },
    };
  });
  const ids = builds.map((build) => `BaseOS:${build}`);
  const relationships = builds.map((build, at) => {
    const full = { name: ids[at], product_id: ids[at] };
    return {
      category: 'default_component_of',
      full_product_name: full,
      product_reference: build,
      relates_to_product_reference: 'BaseOS',
    };
  });
  const url = 'https://access.redhat.com/errata/RHSA-2099:0001';
  const remediations = [{ category: 'vendor_fix', details: '', product_ids: ids, url }];
  return JSON.stringify({
    document: { category: 'csaf_vex', csaf_version: '2.0', tracking: { id: cve, status: 'final' } },
    product_tree: {
      branches: [{ category: 'vendor', name: 'Red Hat', branches: [product, ...components] }],
      relationships,
    },
    vulnerabilities: [{ cve, product_status: { fixed: ids }, remediations }],
  });
}

/** An update of SUSE in a tar, as its archive of updates has them. */
function suse(...versions: readonly string[]): Uint8Array {
  const affected = versions.map((version) => {
    const ecosystem = 'SUSE:Linux Enterprise Server 12 SP5';
    return { package: { ecosystem, name: 'a' }, ecosystem_specific: { binaries: [{ a: `${version}-1.1` }] } };
  });
  const update = { id: 'SUSE-SU-2099:0001-1', related: [cve], affected };
  return buildTar([file('osv/SUSE-SU-2099:0001-1.json', JSON.stringify(update))]);
}

const rpmTest = (id: string, object: string, state: string): string =>
  `<rpminfo_test id="${id}" check="at least one"><object object_ref="${object}"/><state state_ref="${state}"/></rpminfo_test>`;
const object = (id: string, name: string): string => `<rpminfo_object id="${id}"><name>${name}</name></rpminfo_object>`;
const state = (id: string, entity: string): string => `<rpminfo_state id="${id}">${entity}</rpminfo_state>`;

/** Tests of the package below each version, joined by "or". */
function alternatives(versions: readonly string[]): Record<'criteria' | 'tests' | 'states', string> {
  const each = (write: (version: string) => string): string => versions.map(write).join('');
  return {
    criteria: `<criteria operator="OR">${each((one) => `<criterion test_ref="below-${one}" comment=""/>`)}</criteria>`,
    tests: each((one) => rpmTest(`below-${one}`, 'a', `below-${one}`)),
    states: each((one) => state(`below-${one}`, `<evr datatype="evr_string" operation="less than">0:${one}-1</evr>`)),
  };
}

function oracle(...versions: readonly string[]): string {
  const { criteria, tests, states } = alternatives(versions);
  return `<oval_definitions><definitions><definition id="oval:com.oracle.elsa:def:20990001" class="patch"><metadata>
      <reference source="elsa" ref_id="ELSA-2099-0001"/><reference source="CVE" ref_id="${cve}"/></metadata>
      <criteria operator="AND"><criterion test_ref="release" comment=""/><criterion test_ref="machine" comment=""/>
      ${criteria}</criteria></definition></definitions>
    <tests>${rpmTest('release', 'release', 'el8')}${rpmTest('machine', 'release', 'x64')}${tests}</tests>
    <objects>${object('release', 'oraclelinux-release')}${object('a', 'a')}</objects>
    <states>${state('el8', '<version operation="pattern match">^8</version>')}
      ${state('x64', '<arch operation="pattern match">x86_64</arch>')}${states}</states></oval_definitions>`;
}

function azure(...versions: readonly string[]): string {
  const { criteria, tests, states } = alternatives(versions);
  return `<oval_definitions><definitions><definition class="vulnerability" id="def:1"><metadata>
      <reference ref_id="${cve}" source="CVE"/><patchable>true</patchable></metadata>${criteria}</definition></definitions>
    <tests>${tests}</tests><objects>${object('a', 'a')}</objects><states>${states}</states></oval_definitions>`;
}

const installed = (namespace: string, release: string) => (version: string) =>
  rpm('a', `${version}-${release}`, { namespace, source: { name: 'a', version: `${version}-${release}` } });

/** Feed, document, how it writes several builds, what is installed, and the build that counts. */
const kinds = [
  ['almalinux', '9/errata.full.json', alma, installed('alma:9', '1.el9'), 'lowest'],
  ['rocky-linux', 'advisories', rocky, installed('rocky:9', '1.el9'), 'lowest'],
  ['amazon-linux', '2/core/x86_64/updateinfo.xml', amazon, installed('amzn:2', '1.amzn2'), 'lowest'],
  ['redhat-vex', '2099/cve-2099-0001.json', redhat, installed('rhel:9', '1.el9'), 'lowest'],
  ['suse', 'osv.tar.bz2', suse, installed('sles:12.5', '1.1'), 'lowest'],
  ['oracle-oval', 'com.oracle.elsa-all.xml', oracle, installed('oracle:8', '1'), 'highest'],
  ['azure-linux', 'azurelinux-3.0-oval.xml', azure, installed('azurelinux:3.0', '1'), 'highest'],
] as const;

describe('several builds in one advisory', () => {
  test.each(kinds)('of %s (%s)', async (feed, document, write, feature, counts) => {
    for (const versions of [
      ['2', '10'],
      ['10', '2'],
    ]) {
      const groups = await groupsOf(feed, document, write(...versions));
      const affected = async (version: string): Promise<boolean> => {
        const lines = await linesOf([feature(version)], groups);
        return lines.length > 0;
      };
      const answers = [await affected('1'), await affected('2'), await affected('9'), await affected('10')];
      expect([counts, answers]).toEqual([counts, [true, counts === 'highest', counts === 'highest', false]]);
    }
  });
});
