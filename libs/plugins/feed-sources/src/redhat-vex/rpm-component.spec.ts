import type { CsafComponent } from '@clarion/file-formats/documents';
import { rpmComponentOf } from './rpm-component';

const entry = (id: string, purl?: string, within: readonly { id: string; purl?: string }[] = []): CsafComponent => ({
  component: { id, name: id, ...(purl === undefined ? {} : { purl }) },
  within: within.map((one) => ({ name: one.id, ...one })),
  product: { id: 'product', name: 'product' },
});

const httpd = 'pkg:rpm/redhat/httpd@2.4.37-65.module%2Bel8.10.0%2B22981';

describe('rpmComponentOf', () => {
  it.each<[string, CsafComponent, object]>([
    [
      'a binary package',
      entry('expat-0:2.2.5-16.el8_10.x86_64', 'pkg:rpm/redhat/expat@2.2.5-16.el8_10?arch=x86_64'),
      { name: 'expat', nameKind: 'binary', version: '2.2.5-16.el8_10', architecture: 'x86_64' },
    ],
    [
      'an epoch',
      entry('x', 'pkg:rpm/redhat/openssl@3.0.7-27.el9?arch=s390x&epoch=1'),
      { name: 'openssl', nameKind: 'binary', version: '1:3.0.7-27.el9', architecture: 's390x' },
    ],
    [
      'an epoch of zero and a source package',
      entry('x', 'pkg:rpm/redhat/glibc@2.34-231.el9_7.10?arch=src&epoch=0'),
      { name: 'glibc', nameKind: 'source', version: '2.34-231.el9_7.10' },
    ],
    [
      'an epoch inside the version',
      entry('x', 'pkg:rpm/redhat/bind@32:9.16.23-1.el9?arch=noarch'),
      { name: 'bind', nameKind: 'binary', version: '32:9.16.23-1.el9', architecture: 'noarch' },
    ],
    [
      'a source package without version',
      entry('curl.src', 'pkg:rpm/redhat/curl?arch=src'),
      { name: 'curl', nameKind: 'source' },
    ],
    ['a binary package without version', entry('ctdb', 'pkg:rpm/redhat/ctdb'), { name: 'ctdb', nameKind: 'binary' }],
    [
      'a stream instead of the version',
      entry('go-toolset:rhel8/go-toolset', 'pkg:rpm/redhat/go-toolset@rhel8?arch=src&rpmmod=go-toolset:rhel8'),
      { name: 'go-toolset', nameKind: 'source', module: 'go-toolset:rhel8' },
    ],
    ['no purl', entry('snakeyaml'), { name: 'snakeyaml', nameKind: 'either' }],
    [
      'no purl, in a module',
      entry('postgresql:15/postgresql'),
      { name: 'postgresql', nameKind: 'either', module: 'postgresql:15' },
    ],
    [
      'a module as qualifier',
      entry('x', `${httpd}?arch=x86_64&rpmmod=httpd:2.4:8100020250401000000:489197e6`),
      {
        name: 'httpd',
        nameKind: 'binary',
        architecture: 'x86_64',
        version: '2.4.37-65.module+el8.10.0+22981',
        module: 'httpd:2.4',
      },
    ],
    [
      'a module behind the component',
      entry('httpd-0:2.4.37.x86_64::httpd:2.4', `${httpd}?arch=x86_64`),
      {
        name: 'httpd',
        nameKind: 'binary',
        architecture: 'x86_64',
        version: '2.4.37-65.module+el8.10.0+22981',
        module: 'httpd:2.4',
      },
    ],
    [
      'a module around the component',
      entry('x', `${httpd}?arch=src`, [{ id: 'm', purl: 'pkg:rpmmod/redhat/httpd@2.4:8100020250401000000:489197e6' }]),
      { name: 'httpd', nameKind: 'source', version: '2.4.37-65.module+el8.10.0+22981', module: 'httpd:2.4' },
    ],
    [
      'a module around the component, by its id',
      entry('x', `${httpd}?arch=src`, [{ id: 'httpd:2.4:8100020250401000000:489197e6' }]),
      { name: 'httpd', nameKind: 'source', version: '2.4.37-65.module+el8.10.0+22981', module: 'httpd:2.4' },
    ],
    [
      'a malformed module',
      entry('x', 'pkg:rpm/redhat/firefox-flatpak?arch=src&rpmmod=rhel10'),
      { problem: 'Module rhel10 has no stream' },
    ],
    ['a broken purl', entry('x', 'pkg:rpm'), { problem: 'Package URL cannot be read' }],
    ['a name with blanks', entry('x', 'pkg:rpm/redhat/a%20b'), { problem: 'Package URL without a package name' }],
    ['a container', entry('x', 'pkg:oci/ose-cli@sha256:00ff?arch=amd64'), { skipped: 'other kind' }],
    ['a Maven artefact', entry('x', 'pkg:maven/org.yaml/snakeyaml@1.33'), { skipped: 'other kind' }],
    ['a module alone', entry('x', 'pkg:rpmmod/redhat/gimp@2.8'), { skipped: 'other kind' }],
    ['a container without purl', entry('openshift4/ose-etcd'), { skipped: 'other kind' }],
    ['a Maven artefact without purl', entry('org.xerial.snappy/snappy-java'), { skipped: 'other kind' }],
    ['debugging symbols', entry('x', 'pkg:rpm/redhat/expat-debuginfo@1-1?arch=x86_64'), { skipped: 'debug package' }],
    ['debugging symbols without purl', entry('snappy-java-debuginfo'), { skipped: 'debug package' }],
  ])('%s', (_, given, expected) => {
    expect(rpmComponentOf(given)).toEqual(expected);
  });
});
