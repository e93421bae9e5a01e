import { parseNevra } from './nevra';

describe('parseNevra', () => {
  it.each([
    ['bash-5.1.8-9.el9.x86_64', 'bash', '', '5.1.8', '9.el9', 'x86_64'],
    ['bind-libs-32:9.16.23-18.el9_4.6.aarch64', 'bind-libs', '32', '9.16.23', '18.el9_4.6', 'aarch64'],
    // Before the name, as old advisories write it.
    ['30:bind-9.3.6-4.P1.el5.i386', 'bind', '30', '9.3.6', '4.P1.el5', 'i386'],
    // The last part of a release is not an architecture.
    ['fonts-filesystem-1:2.0.5-12.fc39', 'fonts-filesystem', '1', '2.0.5', '12.fc39', ''],
    ['1:2.0.5-12.fc39', '', '1', '2.0.5', '12.fc39', ''],
    ['2.0.5', '', '', '2.0.5', '', ''],
    ['gpg-pubkey-fd431d51-4ae0493b', 'gpg-pubkey', '', 'fd431d51', '4ae0493b', ''],
    [
      'nodejs-1:18.19.1-1.module+el9.3.0+21388+22892fb9.src',
      'nodejs',
      '1',
      '18.19.1',
      '1.module+el9.3.0+21388+22892fb9',
      'src',
    ],
    ['glibc-2.34-100.el9.x86_64_v2', 'glibc', '', '2.34', '100.el9', 'x86_64_v2'],
    // Families of architectures, with and without the letters that distinguish their members.
    ['zlib-1.2.11-40.el9.ppc64le', 'zlib', '', '1.2.11', '40.el9', 'ppc64le'],
    ['zlib-1.2.7-2.fc17.armv7hl', 'zlib', '', '1.2.7', '2.fc17', 'armv7hl'],
    ['zlib-1.2.3-3.mips', 'zlib', '', '1.2.3', '3', 'mips'],
    ['zlib-1.2.3-3.mips64r6el', 'zlib', '', '1.2.3', '3', 'mips64r6el'],
    ['zlib-1.2.3-3.sparc', 'zlib', '', '1.2.3', '3', 'sparc'],
    ['zlib-1.2.3-3.sparcv9', 'zlib', '', '1.2.3', '3', 'sparcv9'],
    ['zlib-1.2.3-3.alpha', 'zlib', '', '1.2.3', '3', 'alpha'],
    ['zlib-1.2.3-3.alphaev6', 'zlib', '', '1.2.3', '3', 'alphaev6'],
    ['-1-2', '', '', '1', '2', ''],
    ['-1.0', '', '', '1.0', '', ''],
    ['', '', '', '', '', ''],
    ['-', '', '', '', '', ''],
  ])('%s', (text, name, epoch, version, release, arch) => {
    expect(parseNevra(text)).toEqual({ name, epoch, version, release, arch });
  });
});
