import { covers, parseCpe } from './cpe';

const rows: readonly (readonly [said: string, own: string, expected: boolean])[] = [
  ['cpe:/o:redhat:enterprise_linux:8', 'cpe:/o:redhat:enterprise_linux:8::baseos', true],
  ['cpe:/o:redhat:enterprise_linux:8', 'cpe:/a:redhat:enterprise_linux:8::appstream', true],
  ['cpe:/o:redhat:enterprise_linux:8::baseos', 'cpe:/o:redhat:enterprise_linux:8', false],
  ['cpe:/o:redhat:enterprise_linux:8::baseos', 'cpe:/a:redhat:enterprise_linux:8::appstream', false],
  ['cpe:/o:redhat:enterprise_linux:8', 'cpe:/o:redhat:rhel_eus:8.6::baseos', false],
  ['cpe:/o:redhat:enterprise_linux:10', 'cpe:/o:redhat:enterprise_linux:10.1::baseos', true],
  ['cpe:/o:redhat:enterprise_linux:1', 'cpe:/o:redhat:enterprise_linux:10.1::baseos', false],
  ['cpe:/a:redhat:openshift:4', 'cpe:/a:redhat:openshift:4.13::el9', true],
  ['cpe:/a:redhat:openshift:4.*', 'cpe:/a:redhat:openshift:4.13::el9', true],
  ['cpe:/a:redhat:openshift:4.13', 'cpe:/a:redhat:openshift:4', false],
  ['cpe:/a:redhat:openshift', 'cpe:/a:redhat:openshift:4.13::el9', true],
  ['cpe:/a:redhat:openshift:4.13::el8', 'cpe:/a:redhat:openshift:4.13::el9', false],
  ['cpe:/a:redhat:openshift:4.13:update1', 'cpe:/a:redhat:openshift:4.13', false],
  ['cpe:/o:RedHat:Enterprise_Linux:8', 'cpe:/o:redhat:enterprise_linux:8', true],
  ['cpe:/o:redhat:enterprise_linux:*', 'cpe:/o:redhat:enterprise_linux:8', true],
  ['cpe:/o:oracle:enterprise_linux:8', 'cpe:/o:redhat:enterprise_linux:8', false],
];

test.each(rows)('what applies to %s covers %s: %s', (said, own, expected) => {
  const [left, right] = [parseCpe(said), parseCpe(own)];
  expect(left !== undefined && right !== undefined && covers(left, right)).toBe(expected);
});

test.each(['', 'cpe:/', 'cpe:/o', 'cpe:/o:redhat', 'cpe:/o::x', 'cpe:2.3:o:redhat:enterprise_linux:8', 'x'])(
  '%j is not a CPE URI',
  (text) => {
    expect(parseCpe(text)).toBeUndefined();
  },
);
