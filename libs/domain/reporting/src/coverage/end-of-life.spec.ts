import { supportOf } from './end-of-life';

describe('supportOf', () => {
  it.each([
    ['debian:12', '2028-06-30', 'dated'],
    ['debian:unstable', null, 'rolling'],
    ['debian:14', null, 'unknown'],
    ['debian:99', null, 'unknown'],
    ['alpine:v3.20', '2026-04-01', 'dated'],
    ['alpine:edge', null, 'rolling'],
    ['ubuntu:22.04', '2027-04-30', 'dated'],
    ['rhel:9', '2032-05-31', 'dated'],
    ['centos:7', '2024-06-30', 'dated'],
    ['centos-stream:9', '2027-05-31', 'dated'],
    ['oracle:5', '2017-06-30', 'dated'],
    ['rocky:8', '2029-05-31', 'dated'],
    ['alma:9', '2032-05-31', 'dated'],
    ['fedora:41', '2025-12-15', 'dated'],
    ['amzn:2018.03', '2023-12-31', 'dated'],
    ['amzn:2', '2026-06-30', 'dated'],
    ['sles:12.5', '2024-10-31', 'dated'],
    ['opensuse-leap:15.3', '2022-12-31', 'dated'],
    ['opensuse-tumbleweed', null, 'rolling'],
    ['sle-micro:5.5', null, 'unknown'],
    ['photon:3.0', '2024-03-01', 'dated'],
    ['mariner:2.0', '2025-07-31', 'dated'],
    ['azurelinux:3.0', '2027-08-31', 'dated'],
    ['arch', null, 'rolling'],
    ['wolfi', null, 'rolling'],
    ['chainguard', null, 'rolling'],
    ['plan9:4', null, 'unknown'],
    ['debian:__proto__', null, 'unknown'],
    ['constructor', null, 'unknown'],
  ])('%s', (namespace, endOfLife, support) => {
    expect(supportOf(namespace, [])).toEqual({ endOfLife, support });
  });

  it.each([
    ['ubuntu:18.04', 'service', 'esm-infra', '2028-04-30'],
    ['ubuntu:18.04', 'service', 'esm-apps', '2023-05-31'],
    ['ubuntu:18.04', 'product', 'esm-infra', '2023-05-31'],
    ['sles:12.5', 'product', 'SLES-LTSS', '2027-10-31'],
    // Not every release has extended support, and no known evidence extends that of Debian.
    ['ubuntu:18.10', 'service', 'esm-infra', '2019-07-18'],
    ['debian:10', 'service', 'esm-infra', '2024-06-30'],
  ] as const)('%s with the %s %s', (namespace, kind, value, endOfLife) => {
    expect(supportOf(namespace, [{ kind, value }])).toEqual({ endOfLife, support: 'dated' });
  });
});
