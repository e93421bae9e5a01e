import { isKernelHeadersOnly } from './kernel-headers';

const rows: readonly (readonly [name: string, source: string | undefined, headersOnly: boolean])[] = [
  ['linux-libc-dev', 'linux', true],
  ['linux-headers-6.1.0-18-amd64', 'linux', true],
  ['linux-image-6.1.0-18-amd64', 'linux-signed-amd64', false],
  ['kernel', 'kernel', false],
  ['kernel-core', 'kernel', false],
  ['kernel-modules-extra', 'kernel', false],
  ['kernel-rt-core', 'kernel-rt', false],
  ['kernel-64k-debug-modules', 'kernel', false],
  ['kernel-uek', 'kernel-uek', false],
  ['kernel-uek-core', 'kernel-uek', false],
  ['kernel-default-base', 'kernel-default', false],
  ['kernel6.12', 'kernel6.12', false],
  ['kernel-headers', 'kernel', true],
  ['kernel-tools', 'kernel', true],
  ['kernel-tools-libs', 'kernel', true],
  ['kernel-devel', 'kernel', true],
  ['kernel-uek-devel', 'kernel-uek', true],
  ['kernel6.12-headers', 'kernel6.12', true],
  ['perf', 'kernel', true],
  ['bpftool', 'kernel', true],
  ['python3-perf', 'kernel', true],
  // Not from a kernel source, whatever its name.
  ['kernel-headers', undefined, false],
  ['kernel-srpm-macros', 'kernel-srpm-macros', false],
  ['openssl', 'openssl', false],
];

test.each(rows)('%s of %s', (name, source, headersOnly) => {
  expect(isKernelHeadersOnly(name, source)).toBe(headersOnly);
});

test.each([
  ['linux-libc-dev', 'linux', true],
  ['linux-headers-6.1.0-13-amd64', 'linux', true],
  ['linux-headers-generic', 'linux-meta', true],
  ['linux-doc', 'linux', true],
  ['linux-doc-6.1', 'linux', true],
  ['linux-kbuild-6.1', 'linux', true],
  ['linux-compiler-gcc-12-x86', 'linux', true],
  ['linux-image-6.1.0-13-amd64', 'linux', false],
  ['linux-base', 'linux-base', false],
  ['linux-libc-dev', 'linuxdoc-tools', false],
  ['linux-headers', undefined, false],
  ['bpftool', 'linux', false],
])('%s of source %s has headers only: %s', (name, source, expected) => {
  expect(isKernelHeadersOnly(name, source)).toBe(expected);
});
