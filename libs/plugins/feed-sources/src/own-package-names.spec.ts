import { faultOfName } from './own-package-names';
import { ownNamespaceRules } from './own-namespaces';

describe('the package name in own data', () => {
  it.each([
    ['acme-agent ', 'debian:12', '"acme-agent "', 'acme-agent'],
    ['Acme-Agent', 'ubuntu:24.04', '"Acme-Agent"', 'acme-agent'],
    ['acme-agent:amd64', 'debian:12', '"acme-agent:amd64"', 'acme-agent'],
    ['acme\u2010agent', 'debian:12', '"acme\\u{2010}agent"', 'acme-agent'],
    ['acme-agent\u200b', 'debian:12', '"acme-agent\\u{200b}"', 'acme-agent'],
    ['acme\n', 'debian:12', '"acme\\n"', 'acme'],
    // A letter of another script that looks like a Latin one.
    ['acm\u0435', 'debian:12', '"acm\\u{435}"', undefined],
    ['', 'debian:12', '""', undefined],
    ['a b', 'alpine:v3.20', '"a b"', undefined],
    ['a:x86_64', 'rocky:9', '"a:x86_64"', undefined],
    ['a/b', 'arch', '"a/b"', undefined],
    [' a', 'npm', '" a"', 'a'],
    ['\uff41', 'PyPI', '"\\u{ff41}"', 'a'],
    ['a\u200b', 'NuGet', '"a\\u{200b}"', 'a'],
    [' a', 'x-acme', '" a"', 'a'],
  ])('%j is not a package name of %s', (name, ecosystem, shownName, meant) => {
    const rules = ownNamespaceRules(ecosystem);
    const remedy = meant === undefined ? '' : `; did you mean "${meant}"?`;
    const expected = `${shownName} is not a name of a package of ${rules?.namespace ?? ''}${remedy}`;
    expect(faultOfName(name, rules)).toBe(expected);
  });

  it.each([7, null, 'x'.repeat(513)])('is not valid: %j', (name) => {
    expect(faultOfName(name, undefined)).toContain(' is not a name of a package');
  });

  it.each([
    ['libstdc++6', 'debian:12'],
    ['R', 'alpine:v3.20'],
    ['.build-deps', 'alpine:v3.20'],
    ['GConf2', 'rocky:9'],
    ['libstdc++', 'rhel:9'],
    ['python3.11-pip_x', 'amzn:2023'],
    ['zoneinfo@x', 'arch'],
    ['@acme/a', 'npm'],
    ['org.acme:agent', 'Maven'],
    ['github.com/acme/agent/v2', 'Go'],
    // NuGet has such names, made to imitate others.
    ['\u041cicrosoft', 'NuGet'],
    ['агент 1', 'x-acme'],
    ['a b', undefined],
  ])('may be %j in %s', (name, ecosystem) => {
    expect(faultOfName(name, ecosystem === undefined ? undefined : ownNamespaceRules(ecosystem))).toBeUndefined();
  });
});
