import type { Feature } from '@clarion/model';
import { runtimeFiles } from './runtime-files';
import { groupOf } from './sign-counter';

type Proof = readonly [name: string, version: string, path: string];

const java: Proof = ['openjdk', '17.0.15', 'opt/java/openjdk/release'];
const java8: Proof = ['jdk', '1.8.0_392', 'jdk/release'];
const python: Proof = ['python', '3.11.7', 'usr/local/bin/python3.11'];
const go: Proof = ['go', '1.26.8', 'usr/local/go/bin/go'];
const ruby: Proof = ['ruby', '3.3.6', 'usr/local/bin/ruby'];
const perl: Proof = ['perl', '5.38.2', 'usr/local/bin/perl5.38.2'];
const php: Proof = ['php', '8.3.1', 'usr/local/sbin/php-fpm'];
const dotnet: Proof = [
  'Microsoft.NETCore.App.Runtime.linux-x64',
  '8.0.1',
  'usr/share/dotnet/shared/Microsoft.NETCore.App/8.0.1/Microsoft.NETCore.App.deps.json',
];

function filesOf(proofs: readonly Proof[], options: { owned?: boolean; layer?: number } = {}) {
  const { owned = false, layer = 1 } = options;
  const features = proofs.map(([name, version, path]) => {
    const type = path.endsWith('.deps.json') ? 'nuget' : 'generic';
    const feature: Feature = { type, name, version, path };
    return { feature, layer };
  });
  return runtimeFiles(features, () => owned);
}

describe('files of a runtime', () => {
  test.each<[proof: Proof, path: string]>([
    [java, 'opt/java/openjdk/bin/javac'],
    [java, 'opt/java/openjdk/lib/libawt_headless.so'],
    [java, 'opt/java/openjdk/lib/server/libjvm.so'],
    [java, 'opt/java/openjdk/lib/jspawnhelper'],
    [java8, 'jdk/jre/lib/amd64/server/libjvm.so'],
    [java8, 'jdk/jre/bin/java'],
    [java8, 'jdk/lib/aarch64/jli/libjli.so'],
    [['openjdk', '1.8.0_392', 'opt/jdk/jre/release'], 'opt/jdk/jre/bin/java'],
    [python, 'usr/local/lib/python3.11/lib-dynload/_codecs_tw.cpython-311-x86_64-linux-gnu.so'],
    [['python', '2.7.18', 'opt/py/lib/libpython2.7.so.1.0'], 'opt/py/lib/python2.7/lib-dynload/_io.so'],
    [['python', '3.8.1', 'bin/python3'], 'lib/python3.8/distutils/command/wininst-14.0-amd64.exe'],
    [go, 'usr/local/go/src/runtime/race/race_darwin_arm64.syso'],
    [go, 'usr/local/go/src/runtime/race/internal/amd64v1/race_darwin.syso'],
    [go, 'usr/local/go/src/debug/elf/testdata/gcc-amd64-linux-exec'],
    [go, 'usr/local/go/src/cmd/vendor/golang.org/x/telemetry/package-lock.json'],
    [go, 'usr/local/go/pkg/tool/linux_amd64/compile'],
    [['go', '1.22', 'usr/src/go/bin/go'], 'usr/src/go/src/debug/pe/testdata/gcc-386-mingw-exec'],
    [ruby, 'usr/local/lib/ruby/3.3.0/x86_64-linux/enc/trans/big5.so'],
    [perl, 'usr/local/lib/perl5/5.38.2/x86_64-linux-gnu/auto/List/Util/Util.so'],
    [php, 'usr/local/lib/php/extensions/no-debug-non-zts-20230831/opcache.so'],
    [php, 'usr/local/bin/phar.phar'],
    [dotnet, 'usr/share/dotnet/shared/Microsoft.NETCore.App/8.0.1/libcoreclr.so'],
    [dotnet, 'usr/share/dotnet/shared/Microsoft.NETCore.App/8.0.1/System.Private.CoreLib.dll'],
    [dotnet, 'usr/share/dotnet/host/fxr/8.0.1/libhostfxr.so'],
    [dotnet, 'usr/share/dotnet/sdk/8.0.101/Roslyn/bincore/csc.dll'],
    [dotnet, 'usr/share/dotnet/dotnet'],
  ])('%j has %s, and where it is not found nothing has', (proof, path) => {
    expect(filesOf([proof]).has(path, 1)).toBe(true);
    expect(filesOf([proof], { owned: true }).has(path, 1)).toBe(false);
    const [, version, elsewhere] = proof;
    expect(filesOf([['nginx', version, elsewhere.replace('NETCore', 'Other')]]).has(path, 1)).toBe(false);
    const other = filesOf([java, java8, python, go, ruby, perl, php, dotnet].filter((one) => one !== proof));
    expect(other.has(`else/${path}`, 1)).toBe(false);
  });

  test.each<[proof: Proof, path: string]>([
    [java, 'opt/java/openjdk/agent.so'],
    [java, 'opt/java/openjdk/lib/ext/libother.so'],
    [java, 'opt/java/openjdk/lib/tool'],
    [java, 'opt/java/openjdk/bin/tool/run'],
    [java, 'opt/java/bin/java'],
    [['openjdk', '17', 'usr/local/release'], 'usr/local/bin/tool'],
    [python, 'usr/local/lib/python3.12/lib-dynload/_io.cpython-312-x86_64-linux-gnu.so'],
    [python, 'usr/local/lib/python3.11/lib-dynload/tool'],
    [python, 'usr/local/lib/python3.11/tool.so'],
    [python, 'usr/local/lib/python3.11/site-packages/a/lib-dynload/_a.so'],
    [python, 'usr/lib/python3.11/lib-dynload/_io.cpython-311-x86_64-linux-gnu.so'],
    [python, 'usr/local/lib/libshop.so'],
    [go, 'usr/local/go/bin/tool'],
    [go, 'usr/local/go/src/github.com/a/b/testdata/tool'],
    [go, 'usr/local/go/src/runtime/tool'],
    [['go', '1.22', 'usr/local/bin/go'], 'usr/local/src/shop/testdata/tool'],
    [ruby, 'usr/local/lib/ruby/3.2.0/x86_64-linux/socket.so'],
    [ruby, 'usr/local/lib/ruby/site_ruby/3.3.0/x86_64-linux/shop.so'],
    [perl, 'usr/local/lib/perl5/site_perl/5.38.2/x86_64-linux-gnu/auto/Shop/Shop.so'],
    [perl, 'usr/local/lib/perl5/5.36.0/x86_64-linux-gnu/auto/B/B.so'],
    [php, 'usr/local/lib/php/extensions/no-debug-non-zts-20230831/redis.so'],
    [dotnet, 'usr/share/dotnet/shared/Microsoft.NETCore.App/8.0.2/libcoreclr.so'],
    [dotnet, 'usr/share/dotnet/shared/Microsoft.NETCore.App/8.0.1/tool'],
    [dotnet, 'usr/share/dotnet/tool'],
    [dotnet, 'usr/share/dotnet/tools/a.dll'],
  ])('of %j are not %s', (proof, path) => {
    expect(filesOf([proof]).has(path, 1)).toBe(false);
  });

  test('are not what a layer above a JVM adds to its directories', () => {
    const files = filesOf([java], { layer: 2 });
    expect([1, 2, 3].map((layer) => files.has('opt/java/openjdk/bin/tool', layer))).toEqual([true, true, false]);
  });

  test('have no endless paths', () => {
    expect(filesOf([python]).has(`${'src/'.repeat(100_000)}a.syso`, 1)).toBe(false);
    expect(groupOf(`${'lib/'.repeat(100_000)}a.so`)).toContain('lib/lib');
  });
});

test('files of a runtime are counted apart from others beside them', () => {
  const groups = ['lib/libzip.so', 'lib/libnet.so', 'lib/shop', 'lib/shop2'].map((name) => groupOf(`opt/jdk/${name}`));
  expect(groups[0]).toBe(groups[1]);
  expect(groups[2]).toBe(groups[3]);
  expect(new Set(groups).size).toBe(2);
  const modules = ['auto/B/B.so', 'auto/List/Util/Util.so'].map((name) =>
    groupOf(`lib/perl5/5.38.2/x86_64-linux/${name}`),
  );
  expect(new Set(modules).size).toBe(1);
});
