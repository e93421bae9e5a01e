import { isDebugPackage, isPackageName, moduleOf, targetOf, type ReleaseHints, severityOf } from './redhat-products';

describe('targetOf', () => {
  it.each<[string, string, string]>([
    ['cpe:/o:redhat:enterprise_linux:9::baseos', 'rhel:9', ''],
    ['cpe:/a:redhat:enterprise_linux:8', 'rhel:8', ''],
    ['cpe:/o:redhat:enterprise_linux:10.0', 'rhel:10', ''],
    ['cpe:/o:redhat:enterprise_linux:7::workstation', 'rhel:7', ''],
    ['cpe:/o:redhat:enterprise_linux:2.1', 'rhel:2', ''],
    ['cpe:/a:redhat:rhel_eus:9.2::appstream', 'rhel:9', 'eus'],
    ['cpe:/o:redhat:rhel_aus:8.4::baseos', 'rhel:8', 'aus'],
    ['cpe:/a:redhat:rhel_e4s:8.1::appstream', 'rhel:8', 'e4s'],
    ['cpe:/a:redhat:rhel_tus:8.2::appstream', 'rhel:8', 'tus'],
    ['cpe:/o:redhat:rhel_els:7', 'rhel:7', 'els'],
    ['cpe:/a:redhat:rhel_eus_long_life:9.2::baseos', 'rhel:9', 'eus-long-life'],
    ['cpe:/o:redhat:rhel_mission_critical:6.2', 'rhel:6', 'aus'],
    ['cpe:/a:redhat:rhel_extras:7', 'rhel:7', ''],
    ['cpe:/a:redhat:rhel_extras_rt_els:7', 'rhel:7', 'els'],
    // The version of these is their own; the edition names the release.
    ['cpe:/a:redhat:rhel_software_collections:3::el7', 'rhel:7', ''],
    ['cpe:/a:redhat:rhel_satellite_client:6::el9', 'rhel:9', ''],
    ['cpe:/a:redhat:openshift:4.16::el9', 'rhel:9', ''],
    ['cpe:/a:redhat:rhev_manager:4.4:el8', 'rhel:8', ''],
    ['cpe:/a:redhat:openshift:4', 'rhel:any', ''],
    ['cpe:/a:redhat:enterprise_linux_ai:1.4', 'rhel:any', ''],
    ['cpe:/:redhat:enterprise_linux:::hypervisor', 'rhel:any', ''],
    ['', 'rhel:any', ''],
  ])('%s is %s %s', (cpe, namespace, channel) => {
    expect(targetOf(cpe)).toEqual({ namespace, ...(channel === '' ? {} : { channel }) });
  });

  it.each<[string, string, ReleaseHints]>([
    ['cpe:/a:redhat:openshift:4', 'rhel:8', { version: '1.23.5-15.rhaos4.10.git0bbb0d9.el8' }],
    ['cpe:/a:redhat:jboss_enterprise_application_platform:7.4', 'rhel:9', { version: '7.4.9-6.GA.1.el9eap' }],
    ['cpe:/a:redhat:advanced_virtualization:8', 'rhel:8', { version: '6.0.0-1.module+el8.5.0+11354+78b3c9c5' }],
    ['cpe:/a:redhat:openshift:4', 'rhel:any', { version: '1.0-1.model99' }],
    ['cpe:/a:redhat:openshift:4.16', 'rhel:9', { productId: '9Base-RHOSE-4.16' }],
    ['cpe:/a:redhat:storage:3', 'rhel:7', { productId: '7Server-RHGS-3' }],
    // What the product itself says comes first.
    ['cpe:/a:redhat:enterprise_linux:10::appstream', 'rhel:10', { version: '1.29.0-3.1.el9' }],
  ])('%s is %s by %j', (cpe, namespace, hints) => {
    expect(targetOf(cpe, hints)).toEqual({ namespace });
  });
});

describe('severityOf', () => {
  it.each([
    ['Low', 'Low'],
    ['Moderate', 'Medium'],
    ['moderate', 'Medium'],
    ['Important', 'High'],
    ['Critical', 'Critical'],
    ['None', undefined],
    ['constructor', undefined],
  ])('%s is %s', (word, severity) => {
    expect(severityOf(word)).toEqual({ ...(severity === undefined ? {} : { severity }), vendorSeverity: word });
  });

  it.each([undefined, ''])('says nothing of %j', (word) => {
    expect(severityOf(word)).toEqual({});
  });
});

test.each([
  ['nodejs:18', 'nodejs:18'],
  ['nodejs:18:8090020240207:d8cbe8ef', 'nodejs:18'],
  ['389-ds:1.4', '389-ds:1.4'],
  ['go-toolset:rhel8', 'go-toolset:rhel8'],
  ['rhel10', undefined],
  [':1', undefined],
  ['a:', undefined],
  ['a b:1', undefined],
])('module of %j is %s', (text, module) => {
  expect(moduleOf(text)).toBe(module);
});

test.each([
  ['kernel-debuginfo', true],
  ['kernel-debuginfo-common-x86_64', true],
  ['gnutls-debugsource', true],
  ['kernel-debug', false],
  ['debuginfod', false],
  ['elfutils-debuginfod', false],
])('%s is a debug package: %s', (name, expected) => {
  expect(isDebugPackage(name)).toBe(expected);
});

test.each([
  ['libstdc++', true],
  ['389-ds-base', true],
  ['openshift4/ose-cli', false],
  ['', false],
  ['a'.repeat(256), false],
])('%s is a package name: %s', (name, expected) => {
  expect(isPackageName(name)).toBe(expected);
});
