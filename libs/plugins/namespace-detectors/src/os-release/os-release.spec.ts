import { evidenceRank } from '@clarion/model';
import { parseOsRelease } from './parse';

const parse = (text: string, path = 'etc/os-release'): ReturnType<typeof parseOsRelease> => {
  return parseOsRelease({ path, content: Buffer.from(text) });
};

describe('os-release', () => {
  it.each([
    ['ID=debian\nVERSION_ID="12"', 'debian:12', undefined],
    ['ID=debian\nVERSION_ID="12.5"', 'debian:12', '12.5'],
    ["ID='rhel'\nVERSION_ID='9.4'", 'rhel:9', '9.4'],
    ['ID=Ubuntu\nVERSION_ID=22.04', 'ubuntu:22.04', undefined],
    ['\uFEFFID=debian\r\nVERSION_ID="11"\r\n', 'debian:11', undefined],
    ['VERSION_ID=3.7.0\nID=alpine', 'alpine:v3.7', '3.7.0'],
    ['ID=wolfi\nVERSION_ID=20230201', 'wolfi', '20230201'],
    ['ID=wolfi', 'wolfi', undefined],
    ['ID=devuan\nID_LIKE=debian\nVERSION_ID="5"', 'devuan:5', undefined],
    ['ID=devuan\nID_LIKE=debian\nVERSION_ID="5 or so"', 'devuan', undefined],
    ['ID=my-distro\nID_LIKE="own fedora"', 'my-distro', undefined],
  ])('%j is %s', (text, id, versionText) => {
    const { namespaces, problems } = parse(text);
    expect(namespaces?.map((one) => [one.id, one.versionText, one.rank])).toEqual([
      [id, versionText, evidenceRank.osRelease],
    ]);
    expect(problems).toBeUndefined();
  });

  it.each([
    ['', []],
    [' \n', []],
    ['ID=plan9', []],
    ['ID=strange\nID_LIKE=stranger', []],
    ['# nothing but a comment', ['bad-release-file']],
    ['\0\x01\x02', ['bad-release-file']],
    ['ID=', ['bad-release-file']],
    ['ID="a b"', ['bad-release-file']],
    [`ID=${'a'.repeat(100)}`, ['bad-release-file']],
    ['ID=centos', ['bad-release-file']],
    ['ID=ubuntu\nVERSION_ID=rolling', ['bad-release-file']],
    ['ID=debian\nVERSION_ID=123456789', ['bad-release-file']],
    ['ID=photon\nVERSION_ID=4', ['bad-release-file']],
  ])('%j is not a namespace', (text, codes) => {
    const { namespaces, problems = [] } = parse(text);
    expect([namespaces, problems.map((problem) => problem.code)]).toEqual([undefined, codes]);
  });

  it('prefers the file in etc to the one in usr/lib', () => {
    expect(parse('ID=wolfi', 'usr/lib/os-release').namespaces?.[0]?.rank).toBe(evidenceRank.osRelease - 1);
    expect(evidenceRank.osRelease - 1).toBeGreaterThan(evidenceRank.lsbRelease);
  });
});
