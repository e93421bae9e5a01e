import { workLimits } from '@clarion/model';
import { makeReport } from '@clarion/reporting';
import { apk, deb, factsOf, fixed, group, imageOf, options, rpm, stateOf } from '@clarion/test-kit/match-facts';
import { applyPolicy } from './apply-policy';
import { reportOf } from '../testing/reports';

describe('a distribution out of support', () => {
  const now = new Date('2026-11-26T12:00:00Z');
  const reportOn = (namespace: string) =>
    reportOf([rpm('zlib', '1-1', { namespace })], [group('zlib', [fixed('CVE-2024-1', '1-1')], { namespace })], {
      options: { feeds: [], now, maxFeedAgeMinutes: 1e9 },
    });

  it.each([
    ['centos:7', 'centos:7 is out of support since 2024-06-30'],
    ['oracle:5', 'oracle:5 is out of support since 2017-06-30'],
    ['sles:12.5', 'sles:12.5 is out of support since 2024-10-31'],
    ['opensuse-leap:15.3', 'opensuse-leap:15.3 is out of support since 2022-12-31'],
  ])('%s makes a scan incomplete', async (namespace, reason) => {
    const result = applyPolicy(await reportOn(namespace), { now });
    expect(result.incomplete).toContain(reason);
    expect(result.exitCode).toBe(3);
  });

  it.each(['rocky:9', 'sle-micro:5.5', 'opensuse-tumbleweed', 'plan9:4'])(
    '%s is not out of support, or this is unknown: the scan is not incomplete for that',
    async (namespace) => {
      const { incomplete } = applyPolicy(await reportOn(namespace), { now });
      expect(incomplete.filter((reason) => reason.includes('support'))).toEqual([]);
    },
  );
});

describe('packages that no detector reads', () => {
  const npm = { id: 'npm', files: 3, example: 'app/node_modules/a/package.json', layer: 'sha256:1' };
  const image = imageOf([deb('a', '1')], { ecosystems: [npm] });
  const facts = factsOf([], { states: [stateOf('debian-security-tracker', ['debian:12'])] });

  it.each([
    ['make a scan incomplete', [], 3],
    ['do not where that is accepted', ['npm'], 0],
  ])('%s', async (_, acceptedEcosystems, exitCode) => {
    expect(applyPolicy(await makeReport(image, facts, { ...options, acceptedEcosystems }), {}).exitCode).toBe(exitCode);
  });

  it('say which detectors of Clarion read them and are off', async () => {
    const off = imageOf([deb('a', '1')], { ecosystems: [{ ...npm, detectorsOff: ['node'] }] });
    const remedy = 'node is off: use --enable-detectors node, or take it out of --disable-detectors';
    expect(applyPolicy(await makeReport(off, facts, options), {}).incomplete).toContain(
      `packages that no detector reads (--allow-unread accepts them; ${remedy}): npm (3 files)`,
    );
  });
});

describe('a feed that lacks documents', () => {
  const facts = (missing: readonly { readonly name: string; readonly onlyRemoves?: true }[]) =>
    factsOf([], { states: [stateOf('alpine-secdb', ['alpine:v3.20'], { missing })] });
  const image = imageOf([apk('a', '1')]);

  it('makes a scan incomplete, unless that is accepted', async () => {
    const report = await makeReport(image, facts([{ name: 'main.json' }]), options);
    const partly = 'alpine:v3.20 is only partly covered: alpine-secdb is partial: 1 document is not there (main.json)';
    const remedy = 'run clarion update alpine-secdb with a mirror that has it';
    expect(applyPolicy(report, {})).toMatchObject({ incomplete: [`${partly}; ${remedy}`], exitCode: 3 });
    expect(applyPolicy(report, { allowIncomplete: true }).exitCode).toBe(0);
  });

  it('does not where they would only take findings away', async () => {
    const report = await makeReport(image, facts([{ name: 'rejections/main.yaml', onlyRemoves: true }]), options);
    expect(applyPolicy(report, {}).exitCode).toBe(0);
  });
});

it('an image with too much to match makes a scan incomplete', async () => {
  const advisories = group('a', [fixed('CVE-2024-1', '2'), fixed('CVE-2024-2', '2')]);
  const report = await makeReport(imageOf([deb('a', '1')]), factsOf([advisories]), {
    ...options,
    limits: { ...workLimits.matching, facts: 1 },
  });
  expect(report.findings).toHaveLength(1);
  expect(applyPolicy(report, {}).exitCode).toBe(3);
});
