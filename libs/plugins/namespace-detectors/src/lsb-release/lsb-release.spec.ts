import { parseLsbRelease } from './parse';

describe('lsb-release', () => {
  it.each([
    ['DISTRIB_ID=Ubuntu\nDISTRIB_RELEASE=10.04', ['ubuntu:10.04']],
    ['DISTRIB_ID="Ubuntu"\nDISTRIB_RELEASE="8.04"', ['ubuntu:8.04']],
    ['DISTRIB_ID=Debian\nDISTRIB_RELEASE=7.1', ['debian:7']],
    ['DISTRIB_ID=Debian\nDISTRIB_CODENAME=trixie', ['debian:13']],
    ['DISTRIB_ID=Debian\nDISTRIB_DESCRIPTION="Debian GNU/Linux forky/sid"', ['debian:unstable']],
    ['DISTRIB_ID=Ubuntu', []],
    ['DISTRIB_ID=LinuxMint\nDISTRIB_RELEASE=17', []],
    ['LSB_VERSION=core-4.0-amd64', []],
    ['', []],
  ])('%j is %j', (text, ids) => {
    const found = parseLsbRelease({ path: 'etc/lsb-release', content: Buffer.from(text) });
    expect(found.map((one) => one.id)).toEqual(ids);
  });
});
