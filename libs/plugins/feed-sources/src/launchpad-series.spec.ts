import { continuesRelease, ubuntuArchive, ubuntuEcosystem } from './launchpad-series';

describe('archives of Ubuntu', () => {
  it.each([
    ['jammy', 'ubuntu:22.04', undefined],
    ['dapper', 'ubuntu:6.06', undefined],
    ['resolute', 'ubuntu:26.04', undefined],
    ['zippy', 'ubuntu:zippy', undefined],
    ['ubuntu/focal', 'ubuntu:20.04', undefined],
    ['trusty/esm', 'ubuntu:14.04', 'esm-infra'],
    ['precise/esm', 'ubuntu:12.04', 'esm-infra'],
    ['esm/trusty', 'ubuntu:14.04', 'esm-infra'],
    ['esm-infra/xenial', 'ubuntu:16.04', 'esm-infra'],
    ['esm-infra-legacy/trusty', 'ubuntu:14.04', 'esm-infra-legacy'],
    ['esm-apps/noble', 'ubuntu:24.04', 'esm-apps'],
    ['fips/bionic', 'ubuntu:18.04', 'fips'],
    ['fips-updates/focal', 'ubuntu:20.04', 'fips-updates'],
    ['fips-preview/jammy', 'ubuntu:22.04', 'fips-preview'],
    ['realtime/jammy', 'ubuntu:22.04', 'realtime-kernel'],
    ['bluefield/jammy', 'ubuntu:22.04', 'bluefield'],
    ['ros-esm/kinetic', 'ubuntu:16.04', 'ros'],
    ['ros-esm/melodic', 'ubuntu:18.04', 'ros'],
    ['ros-esm/xenial', 'ubuntu:16.04', 'ros'],
    ['kinetic', 'ubuntu:22.10', undefined],
  ])('%s is %s, channel %s', (label, namespace, channel) => {
    expect(ubuntuArchive(label)).toEqual({ namespace, ...(channel === undefined ? {} : { channel }) });
  });

  it.each(['upstream', 'devel', 'product', 'snap', '', '/', 'esm-infra/', '/esm', 'Jammy', 'jam my', '__proto__'])(
    '%j is not a release',
    (label) => {
      expect(ubuntuArchive(label)).toBeUndefined();
    },
  );

  it.each(['vivid/stable-phone-overlay', 'vivid/ubuntu-core', 'constructor/jammy', 'esm-infra/jammy/x'])(
    '%s is not an archive of a release',
    (label) => {
      expect(ubuntuArchive(label)).toBeUndefined();
    },
  );
});

describe('OSV ecosystems of Ubuntu', () => {
  it.each([
    ['Ubuntu:24.10', {}, 'ubuntu:24.10', undefined],
    ['Ubuntu:22.04:LTS', { distro: 'jammy' }, 'ubuntu:22.04', undefined],
    ['Ubuntu:Pro:18.04:LTS', { distro: 'esm-apps/bionic' }, 'ubuntu:18.04', 'esm-apps'],
    ['Ubuntu:Pro:14.04:LTS', { distro: 'esm-infra-legacy/trusty' }, 'ubuntu:14.04', 'esm-infra-legacy'],
    ['Ubuntu:Pro:14.04:LTS', { distro: 'trusty/esm' }, 'ubuntu:14.04', 'esm-infra'],
    [
      'Ubuntu:Pro:16.04:LTS',
      { availability: 'Available with Ubuntu Pro (Infra-only): …' },
      'ubuntu:16.04',
      'esm-infra',
    ],
    [
      'Ubuntu:Pro:14.04:LTS',
      { availability: 'Available with Ubuntu Pro with Legacy support add-on: …' },
      'ubuntu:14.04',
      'esm-infra-legacy',
    ],
    ['Ubuntu:Pro:22.04:LTS', { availability: 'Available with Ubuntu Pro: …' }, 'ubuntu:22.04', 'esm-apps'],
    ['Ubuntu:Pro:22.04:LTS', { distro: 'jammy' }, 'ubuntu:22.04', 'esm-apps'],
    ['Ubuntu:Pro:FIPS:16.04:LTS', { distro: 'fips/xenial' }, 'ubuntu:16.04', 'fips'],
    ['Ubuntu:Pro:FIPS-updates:20.04:LTS', {}, 'ubuntu:20.04', 'fips-updates'],
    ['Ubuntu:Pro:FIPS-preview:22.04:LTS', {}, 'ubuntu:22.04', 'fips-preview'],
    ['Ubuntu:Pro:22.04:LTS:Realtime:Kernel', {}, 'ubuntu:22.04', 'realtime-kernel'],
    ['Ubuntu:Pro:Realtime:24.04:LTS', {}, 'ubuntu:24.04', 'realtime-kernel'],
    ['Ubuntu:Nvidia-BlueField:22.04:LTS', {}, 'ubuntu:22.04', 'bluefield'],
    ['Ubuntu:22.04:LTS:for:NVIDIA:BlueField', {}, 'ubuntu:22.04', 'bluefield'],
    ['Ubuntu:Pro:Tomorrow:28.04:LTS', {}, 'ubuntu:28.04', 'tomorrow'],
  ])('%s with %j is %s, channel %s', (ecosystem, hints, namespace, channel) => {
    expect(ubuntuEcosystem(ecosystem, hints)).toEqual({ namespace, ...(channel === undefined ? {} : { channel }) });
  });

  it.each(['Ubuntu', 'Ubuntu:Pro', 'Debian:12', 'Ubuntu:22', 'NotUbuntu:22.04:LTS', ''])(
    '%j is not an archive',
    (ecosystem) => {
      expect(ubuntuEcosystem(ecosystem)).toBeUndefined();
    },
  );

  it('knows which channels maintain the packages of the release', () => {
    expect(['esm-infra', 'esm-apps', 'esm-infra-legacy'].every(continuesRelease)).toBe(true);
    expect(['fips', 'fips-updates', 'realtime-kernel', 'bluefield', 'ros'].some(continuesRelease)).toBe(false);
  });
});
