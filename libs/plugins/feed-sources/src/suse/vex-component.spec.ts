import type { CsafProduct } from '@clarion/file-formats/documents';
import { buildOf, packageOf } from './vex-component';

const component = (id: string, purl?: string): CsafProduct => ({
  id,
  name: id,
  ...(purl === undefined ? {} : { purl }),
});

describe('packageOf', () => {
  it.each([
    ['libopenssl1_1', 'pkg:rpm/suse/libopenssl1_1@?upstream=openssl-1_1.src.rpm', 'binary'],
    // The package URL has the end of the name as a version.
    ['libjavascriptcoregtk-4_0-18', 'pkg:rpm/suse/libjavascriptcoregtk@4_0-18?upstream=webkit2gtk3.src.rpm', 'binary'],
    ['openssl', 'pkg:rpm/suse/openssl@?upstream=openssl.src.rpm', 'either'],
    ['vmware-kmp', 'pkg:rpm/suse/vmware-kmp@?upstream=vmware-kmp.nosrc.rpm', 'either'],
    ['python-aiohttp', 'pkg:rpm/suse/python-aiohttp@', 'either'],
    ['libdcerpc0', undefined, 'either'],
    ['libdcerpc0', 'no package URL', 'either'],
  ] as const)('%s of %s is meant as %s', (id, purl, nameKind) => {
    expect(packageOf(component(id, purl))).toEqual({ name: id, nameKind });
  });

  it.each(['libfoo-debuginfo', 'kernel-default-debugsource', 'bci/bci-init:latest', '../a', '', ' '])(
    'rejects %j',
    (id) => {
      expect(packageOf(component(id))).toBeUndefined();
    },
  );
});

describe('buildOf', () => {
  it.each([
    ['libpcre1-8.39-8.3.1', 'libpcre1', '8.39-8.3.1'],
    ['ctdb-4.19.2+git.322.7e9201cef5-1.1', 'ctdb', '4.19.2+git.322.7e9201cef5-1.1'],
    ['libsamba-policy0-python3-32bit-4.19.2-1.1', 'libsamba-policy0-python3-32bit', '4.19.2-1.1'],
    ['kernel-default-5.14.21-150500.55.44.1.x86_64', 'kernel-default', '5.14.21-150500.55.44.1'],
    ['timezone-java-2024a-150000.75.28.1.noarch', 'timezone-java', '2024a-150000.75.28.1'],
    ['foo-1.0~rc1-bp155.2.6.1', 'foo', '1.0~rc1-bp155.2.6.1'],
  ])('%s is %s %s', (id, name, version) => {
    expect(buildOf(component(id))).toEqual({ name, version });
  });

  it('knows the source package where the document names it', () => {
    const purl = 'pkg:rpm/suse/libpcre1@8.39-8.3.1?upstream=pcre-8.39-8.3.1.src.rpm';
    expect(buildOf(component('libpcre1-8.39-8.3.1', purl))).toEqual({
      name: 'libpcre1',
      version: '8.39-8.3.1',
      source: { name: 'pcre', version: '8.39-8.3.1' },
    });
    expect(buildOf(component('libpcre1-8.39-8.3.1', 'pkg:rpm/suse/libpcre1@?upstream=pcre.src.rpm'))).toEqual({
      name: 'libpcre1',
      version: '8.39-8.3.1',
    });
  });

  it.each(['openssl', 'openssl-1', '-1-1', 'a b-1-1', 'x'.repeat(300) + '-1-1'])('rejects %j', (id) => {
    expect(buildOf(component(id))).toBeUndefined();
  });

  // So long that a pattern which backtracks would not end.
  it('rejects a hostile name', () => {
    expect(buildOf(component('a-'.repeat(1_000_000)))).toBeUndefined();
  });
});
