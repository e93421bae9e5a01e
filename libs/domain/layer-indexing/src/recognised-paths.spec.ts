import type { LayerEntry } from '@clarion/model';
import { recognisedFiles } from './ecosystem-table';
import { mayBeProgram, signOf } from './recognised-paths';
import { layerEntry } from '../testing/layer-entry';

describe('an entry is a sign of', () => {
  test.each<[string, string, Partial<LayerEntry>?]>([
    ['npm', 'app/node_modules/express/package.json'],
    ['npm', 'node_modules/@types/node/package.json'],
    ['npm', 'usr/local/lib/node_modules/npm/package.json'],
    ['npm', 'usr/lib/node_modules/express/package.json'],
    ['npm', 'srv/yarn.lock'],
    ['pypi', 'usr/local/lib/python3.12/site-packages/flask-3.0.0.dist-info/METADATA'],
    ['pypi', 'opt/venv/lib/python3.12/site-packages/old.egg-info/PKG-INFO'],
    ['gem', 'var/lib/gems/3.1.0/specifications/rack-3.0.gemspec'],
    ['composer', 'var/www/vendor/composer/installed.json'],
    ['maven', 'app/lib/log4j-core-2.14.1.jar', { type: 'hardlink' }],
    ['maven', 'opt/tomcat/webapps/app.war'],
    ['nuget', 'app/Api.deps.json'],
    ['golang', 'src/go.mod'],
    ['cargo', 'src/Cargo.lock'],
    ['conda', 'opt/conda/conda-meta/numpy-1.26.0.json'],
    ['pub', 'app/pubspec.lock'],
    ['swift', 'app/Package.resolved'],
    ['hackage', 'app/stack.yaml.lock'],
    ['maven', 'opt/jenkins/plugins/git.hpi'],
    ['npm', 'srv/berry/.pnp.cjs'],
    ['pypi', 'usr/local/lib/python3.11/dist-packages/rsa-4.0-py3.11.egg'],
    ['pypi', 'opt/lib/python3/site-packages/Mako-1.1.egg/EGG-INFO/PKG-INFO'],
    ['nuget', 'usr/share/dotnet/shared/Microsoft.NETCore.App/8.0.1/Microsoft.NETCore.App.deps.json'],
    ['npm', 'usr/src/app/node_modules/lodash/package.json'],
    ['npm', 'usr/share/nginx/html/package-lock.json'],
    ['npm', 'etc/app/node_modules/lodash/package.json'],
    ['npm', 'app/bun.lockb'],
    ['npm', 'app/bun.lock'],
    ['npm', 'app/deno.lock'],
    ['maven', 'usr/share/myapp/app.jar'],
    ['maven', 'app/gradle.lockfile'],
    ['maven', 'app/com/acme/Shop.class'],
    ['pypi', 'app/requirements.txt'],
    ['golang', 'home/u/go.sum'],
    ['ebuild', 'var/db/pkg/dev-libs/openssl-3.0/PF'],
    ['opkg', 'usr/lib/opkg/status'],
    ['opkg', 'var/lib/opkg/status'],
    ['maven', 'opt/app/LEGACY.JAR'],
    ['maven', 'opt/app/SHOP.WAR'],
    ['maven', 'opt/app/SHOP.EAR'],
    ['nuget', 'root/.nuget/packages/newtonsoft.json/13.0.1/newtonsoft.json.13.0.1.nupkg'],
    ['brew', 'home/linuxbrew/.linuxbrew/Cellar/wget/1.21.4/INSTALL_RECEIPT.json'],
    ['brew', 'opt/brew/Cellar/wget/1.21.4/INSTALL_RECEIPT.json'],
    ['flatpak', 'var/lib/flatpak/app/org.gimp.GIMP/x86_64/stable/0a1b/metadata'],
    ['flatpak', 'home/u/.local/share/flatpak/runtime/org.gnome.Platform/x86_64/46/0a1b/metadata'],
    ['snap', 'var/lib/snapd/snaps/core22_1380.snap'],
    ['snap', 'snap/core22/1380/meta/snap.yaml'],
    ['cpan', 'usr/local/lib/perl5/site_perl/5.38.0/x86_64-linux/auto/JSON/XS/.packlist'],
    ['cpan', 'app/cpanfile.snapshot'],
    ['maven', 'nix/store/0c0w-tool-1.0/share/tool.jar'],
    // The path does not show whether packages own the file.
    ['pypi', 'usr/lib/python3/dist-packages/apt-2.6.1.egg-info'],
    ['npm', 'usr/share/nodejs/express/node_modules/a/package.json'],
    ['gem', 'usr/lib/ruby/gems/3.1.0/specifications/rake-13.0.gemspec'],
  ])('%s: %s', (id, name, more = {}) => {
    expect(signOf(layerEntry(name, more))?.ecosystem).toBe(id);
  });

  test.each<[string, Partial<LayerEntry>?]>([
    ['usr/lib/jvm/java-17/lib/jrt-fs.jar'],
    ['opt/java/openjdk/lib/jrt-fs.jar'],
    ['lib/apk/db/installed'],
    ['usr/local/lib/python3.12/ensurepip/_bundled/pip-24.0-py3-none-any.whl'],
    ['usr/share/nodejs/express/package.json'],
    ['k'],
    ['app/package.json'],
    ['app/__snapshots__/page.snap'],
    ['app/metadata'],
    ['opt/nix/store/x'],
    ['app/Cellar/readme'],
    ['app/node_modules/express', { type: 'directory' }],
    ['app/node_modules/link/package.json', { type: 'symlink' }],
  ])('nothing: %s', (name, more = {}) => {
    expect(signOf(layerEntry(name, more))).toBeUndefined();
  });

  test('each line of the table is found', () => {
    for (const { kind, paths } of recognisedFiles) {
      for (const glob of paths) {
        const name = glob.replace('**/', 'srv/').replaceAll('@*', '@scope').replaceAll('*', 'name');
        expect([name, signOf(layerEntry(name))]).toEqual([name, kind]);
      }
    }
  });
});

test.each<[string, Partial<LayerEntry>, boolean]>([
  ['app/server', {}, true],
  ['usr/local/lib/libpython3.so', {}, true],
  ['usr/lib/python3/x.so', {}, true],
  ['usr/lib/libx.so.1.2', {}, true],
  ['usr/bin/tool', { mode: 0o755 }, true],
  ['usr/share/doc/tool', {}, false],
  ['app/node_modules/esbuild/bin/esbuild', {}, false],
  ['usr/share/app/module.wasm', {}, true],
  ['app/small', { size: 41 }, false],
  ['app/empty', { size: 0 }, false],
  ['app/link', { type: 'symlink' }, false],
])('the first bytes of %s %j are read: %j', (name, more, asked) => {
  expect(mayBeProgram(layerEntry(name, more))).toBe(asked);
});
