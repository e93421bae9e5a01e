import { feedSources } from '.';
import { isUnreadEcosystem, ownNamespaceRules, remedyForNamespace } from './own-namespaces';

describe('the namespace of an own package', () => {
  it.each([
    ['Debian:12', 'debian:12', 'dpkg'],
    ['Ubuntu:22.04:LTS', 'ubuntu:22.04', 'dpkg'],
    ['Alpine:v3.20', 'alpine:v3.20', 'apk'],
    ['AlmaLinux:9', 'alma:9', 'rpm'],
    ['Rocky Linux:9', 'rocky:9', 'rpm'],
    ['Red Hat:enterprise_linux:9::appstream', 'rhel:9', 'rpm'],
    ['SUSE:Linux Enterprise Server 15 SP5', 'sles:15.5', 'rpm'],
    ['openSUSE:Leap 15.6', 'opensuse-leap:15.6', 'rpm'],
    ['Azure Linux:3', 'azurelinux:3.0', 'rpm'],
    ['amzn:2023', 'amzn:2023', 'rpm'],
    ['amzn:2018.03', 'amzn:2018.03', 'rpm'],
    ['debian:unstable', 'debian:unstable', 'dpkg'],
    ['alpine:edge', 'alpine:edge', 'apk'],
    ['arch', 'arch', 'alpm'],
    ['npm', 'npm', 'npm'],
    ['crates.io', 'crates.io', 'semver'],
    ['Hex', 'hex', 'hex'],
    ['generic:openssl', 'generic:openssl', 'openssl'],
    ['x-acme', 'x-acme', 'semver'],
    ['x-acme-linux:3.1', 'x-acme-linux:3.1', 'semver'],
  ])('%s is %s', (ecosystem, namespace, scheme) => {
    expect(ownNamespaceRules(ecosystem)).toMatchObject({ namespace, scheme });
  });

  it('of a language is the same for both of its names', () => {
    expect(ownNamespaceRules('pypi')).toBe(ownNamespaceRules('PyPI'));
    expect(ownNamespaceRules('PyPI')?.normalise?.('Foo_Bar')).toBe('foo-bar');
  });

  it.each(
    feedSources
      .flatMap(({ namespaces }) => namespaces)
      .filter((namespace) => !namespace.endsWith('*') && !namespace.includes('<')),
  )('can be every namespace that a feed covers: %s', (namespace) => {
    expect(ownNamespaceRules(namespace)).toMatchObject({ namespace });
  });

  it.each([
    ['Debain:12', 'did you mean "debian:12"?'],
    ['debain:12', 'did you mean "debian:12"?'],
    ['DEBIAN:12', 'did you mean "debian:12"?'],
    ['debian:bookworm', 'did you mean "debian:12"?'],
    ['Debian:sid', 'did you mean "debian:unstable"?'],
    ['debian:12.5', 'did you mean "debian:12"?'],
    ['debian12', 'did you mean "debian:12"?'],
    ['Debian 12', 'did you mean "debian:12"?'],
    ['Debian', 'did you mean "debian:12"?'],
    ['alpine:3.20', 'did you mean "alpine:v3.20"?'],
    ['alpine:v3.20.1', 'did you mean "alpine:v3.20"?'],
    ['Alpine', 'did you mean "alpine:v3.20"?'],
    ['Ubuntu:2204', 'did you mean "ubuntu:22.04"?'],
    ['Debian:99', 'did you mean "debian:9"?'],
    ['ubuntu:99.04', 'did you mean "ubuntu:9.04"?'],
    ['rhel:12', 'did you mean "rhel:10"?'],
    ['alpine:v3.99', 'did you mean "alpine:v3.9"?'],
    ['rhel:9.4', 'did you mean "rhel:9"?'],
    ['redhat:9', 'did you mean "rhel:9"?'],
    ['Rockylinux:9', 'did you mean "rocky:9"?'],
    ['Amazon Linux:2', 'did you mean "amzn:2"?'],
    ['sles:15-SP6', 'did you mean "sles:15.6"?'],
    ['azurelinux:3', 'did you mean "azurelinux:3.0"?'],
    ['arch:rolling', 'did you mean "arch"?'],
    ['wolfy', 'did you mean "wolfi"?'],
    ['pipy', 'did you mean "PyPI"?'],
    ['NPM', 'did you mean "npm"?'],
    ['golang', 'did you mean "Go"?'],
    ['cargo', 'did you mean "crates.io"?'],
    ['nothing:1', 'write for example debian:12 or PyPI'],
    ['', 'write for example debian:12 or PyPI'],
    ['__proto__', 'write for example debian:12 or PyPI'],
    ['debian:12/..', 'did you mean "debian:12"?'],
    ['deb', 'write for example debian:12 or PyPI'],
    ['x'.repeat(100_000), 'write for example debian:12 or PyPI'],
  ])('does not exist for %.40p, and there is advice', (ecosystem, remedy) => {
    expect(ownNamespaceRules(ecosystem)).toBeUndefined();
    expect(isUnreadEcosystem(ecosystem)).toBe(false);
    expect(remedyForNamespace(ecosystem)).toBe(remedy);
  });

  it.each(['x-', 'x-Acme', 'X-acme', 'x-acme:', 'x-a b', `x-${'a'.repeat(39)}`])(
    '%p is not a valid name of a user-defined namespace',
    (name) => {
      expect(ownNamespaceRules(name)).toBeUndefined();
      expect(remedyForNamespace(name)).toMatch(/^one of your own is x- and at most 38 lower-case/);
    },
  );

  it.each(['Android', 'GIT', 'openEuler:22.03-LTS'])('does not exist for %s, which is not an error', (ecosystem) => {
    expect(ownNamespaceRules(ecosystem)).toBeUndefined();
    expect(isUnreadEcosystem(ecosystem)).toBe(true);
  });
});
