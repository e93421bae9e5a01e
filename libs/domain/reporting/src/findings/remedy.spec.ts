import type { PlacedFeature } from '@clarion/model';
import { base } from '@clarion/test-kit/match-facts';
import { remedyOf } from './remedy';

function installed(type: string, name: string, path: string, within?: string): PlacedFeature {
  return { type, name, version: '1', namespace: type, path, layer: base, ...(within === undefined ? {} : { within }) };
}

describe('what to do about a finding', () => {
  test.each<readonly [PlacedFeature, string, string]>([
    [
      installed('npm', 'lodash', 'app/node_modules/x/node_modules/lodash/package.json'),
      '4.17.21',
      'upgrade lodash to 4.17.21 in app/node_modules/x',
    ],
    [
      installed('npm', '@types/node', 'app/node_modules/@types/node/package.json'),
      '18.0.0',
      'upgrade @types/node to 18.0.0 in app/node_modules/@types/node',
    ],
    [
      installed('npm', 'lodash', 'app/.yarn/cache/lodash-npm-4.17.20-6382451519-8.zip'),
      '4.17.21',
      'upgrade lodash to 4.17.21 in app',
    ],
    [
      installed('npm', 'lodash', '.yarn/cache/lodash-npm-4.17.20-6382451519-8.zip'),
      '4.17.21',
      'upgrade lodash to 4.17.21 in /',
    ],
    [
      installed(
        'npm',
        'underscore',
        'srv/pnpm/node_modules/.pnpm/underscore@1.12.0/node_modules/underscore/package.json',
      ),
      '1.12.1',
      'upgrade underscore to 1.12.1 in srv/pnpm',
    ],
    [
      installed('npm', 'debug', 'app/node_modules/@babel/core/node_modules/debug/package.json'),
      '2.6.9',
      'upgrade debug to 2.6.9 in app/node_modules/@babel/core',
    ],
    [
      installed('npm', 'tar', 'usr/local/lib/node_modules/npm/node_modules/tar/package.json'),
      '6.2.1',
      'upgrade npm in usr/local/lib/node_modules to a version with tar 6.2.1',
    ],
    [
      installed('npm', 'npm', 'usr/local/lib/node_modules/npm/package.json'),
      '8.11.0',
      'upgrade npm to 8.11.0 in usr/local/lib/node_modules/npm',
    ],
    [
      installed('npm', 'ms', 'usr/lib/node_modules/@angular/cli/node_modules/a/node_modules/ms/package.json'),
      '2.0.0',
      'upgrade @angular/cli in usr/lib/node_modules to a version with ms 2.0.0',
    ],
    [
      { ...installed('npm', 'undici', 'usr/share/nodejs/undici/package.json'), owner: 'node-undici' },
      '5.19.1',
      'upgrade the package node-undici to a version with undici 5.19.1',
    ],
    [
      installed('pypi', 'Flask', 'opt/venv/lib/python3.11/site-packages/Flask-2.2.dist-info/METADATA'),
      '2.2.5',
      'upgrade Flask to 2.2.5 in opt/venv/lib/python3.11/site-packages',
    ],
    [
      installed('pypi', 'six', 'usr/lib/python3/dist-packages/six-1.16.0.egg-info'),
      '1.17',
      'upgrade six to 1.17 in usr/lib/python3/dist-packages',
    ],
    [installed('pypi', 'six', 'six-1.16.0.dist-info/METADATA'), '1.17', 'upgrade six to 1.17 in /'],
    [
      installed('conda', 'openssl', 'opt/conda/conda-meta/openssl-3.0.8-h0.json'),
      '3.0.9',
      'upgrade openssl to 3.0.9 in opt/conda',
    ],
    [
      installed('gem', 'rack', 'usr/local/bundle/specifications/rack-2.2.3.gemspec'),
      '2.2.8.1',
      'upgrade rack to 2.2.8.1 in usr/local/bundle',
    ],
    [
      installed('gem', 'activerecord', 'usr/local/bundle/bundler/gems/rails-03ff/activerecord/activerecord.gemspec'),
      '7.0.3.1',
      'upgrade activerecord to 7.0.3.1 in usr/local/bundle/bundler/gems/rails-03ff',
    ],
    [
      installed('gem', 'json', 'usr/lib/ruby/gems/3.1.0/specifications/default/json-2.6.1.gemspec'),
      '2.10.2',
      'upgrade json to 2.10.2 in usr/lib/ruby/gems/3.1.0',
    ],
    [
      installed('composer', 'monolog/monolog', 'srv/vendor/composer/installed.json'),
      '1.12.0',
      'upgrade monolog/monolog to 1.12.0 in srv/vendor',
    ],
    [
      installed(
        'nuget',
        'Microsoft.NETCore.App.Runtime.linux-x64',
        'usr/share/dotnet/shared/Microsoft.NETCore.App/8.0.1/Microsoft.NETCore.App.deps.json',
      ),
      '8.0.3',
      'install .NET 8.0.3 in usr/share/dotnet',
    ],
    [
      installed('nuget', 'System.X', 'shared/Microsoft.AspNetCore.App/8.0.1/Microsoft.AspNetCore.App.deps.json'),
      '8.0.3',
      'upgrade ASP.NET Core in / to a version with System.X 8.0.3',
    ],
    [
      installed('nuget', 'Newtonsoft.Json', 'app/web.deps.json'),
      '13.0.1',
      'upgrade Newtonsoft.Json to 13.0.1 in app/web.deps.json',
    ],
    [
      installed('maven', 'org.apache.logging.log4j:log4j-core', 'a.ear', 'b.war!/WEB-INF/lib/log4j-core-2.14.0.jar'),
      '2.17.1',
      'upgrade org.apache.logging.log4j:log4j-core to 2.17.1 in a.ear!/b.war!/WEB-INF/lib/log4j-core-2.14.0.jar',
    ],
    [
      installed('maven', 'com.fasterxml.jackson.core:jackson-databind', 'opt/lib/htrace-core-3.1.0-incubating.jar'),
      '2.6.7.3',
      'upgrade opt/lib/htrace-core-3.1.0-incubating.jar to a version with com.fasterxml.jackson.core:jackson-databind 2.6.7.3',
    ],
    [
      installed('maven', 'com.google.guava:guava', 'app.jar', 'lib/shaded.jar'),
      '32.0.0-jre',
      'upgrade app.jar!/lib/shaded.jar to a version with com.google.guava:guava 32.0.0-jre',
    ],
    [
      installed('golang', 'golang.org/x/net', 'usr/bin/app'),
      '0.17.0',
      'rebuild usr/bin/app with golang.org/x/net v0.17.0',
    ],
    [
      installed('golang', 'golang.org/x/net', 'api/go.mod'),
      '0.17.0',
      'upgrade golang.org/x/net to 0.17.0 in api/go.mod',
    ],
    [installed('pypi', 'six', 'jobs/uv.lock'), '1.17', 'upgrade six to 1.17 in jobs/uv.lock'],
    [installed('golang', 'stdlib', 'usr/bin/app'), '1.20.0', 'rebuild usr/bin/app with Go 1.20'],
    [installed('golang', 'stdlib', 'usr/bin/app'), '1.21.0', 'rebuild usr/bin/app with Go 1.21.0'],
    [installed('golang', 'stdlib', 'usr/bin/app'), '1.22.0-rc.2', 'rebuild usr/bin/app with Go 1.22rc2'],
    [installed('golang', 'stdlib', 'usr/local/go/bin/gofmt'), '1.20.0', 'install Go 1.20 in usr/local/go'],
    [
      installed('golang', 'golang.org/x/mod', 'usr/local/go/pkg/tool/linux_amd64/vet'),
      '0.40.0',
      'upgrade Go in usr/local/go to a version with golang.org/x/mod v0.40.0',
    ],
    [installed('golang', 'stdlib', 'usr/bin/app'), '1.21.3', 'rebuild usr/bin/app with Go 1.21.3'],
    [installed('cargo', 'time', 'usr/bin/app'), '0.2.23', 'rebuild usr/bin/app with time 0.2.23'],
  ])('%j fixed in %s: %s', (feature, fixedIn, expected) => {
    expect(remedyOf(feature, { fixedIn })).toBe(expected);
  });

  test.each<readonly [string, string, string | null, string]>([
    [
      '30.0-jre',
      '32.0.0-android',
      '32.0.0-android',
      'in guava.jar to a version for jre that is not older than 32.0.0-android',
    ],
    ['30.0-jre', '32.0.0-android', null, 'in guava.jar to a version for jre that is not older than 32.0.0-android'],
    ['30.0-jre', '30.1-android', '30.1.1-jre', 'to 30.1.1-jre in guava.jar'],
    ['30.0-android', '32.0.0-android', null, 'to 32.0.0-android in guava.jar'],
    ['19.0', '32.0.0-android', null, 'to 32.0.0-android in guava.jar'],
  ])('the flavour of a version stays: %s, fixed in %s, nearest %s', (version, fixedIn, nearestFix, expected) => {
    const guava = { ...installed('maven', 'com.google.guava:guava', 'guava.jar'), version };
    expect(remedyOf(guava, { fixedIn, nearestFix })).toBe(`upgrade com.google.guava:guava ${expected}`);
  });

  test.each<readonly [string, PlacedFeature, string | undefined]>([
    ['of a distribution', installed('dpkg', 'openssl', 'var/lib/dpkg/status'), undefined],
    ["of the user's own type", installed('x-acme', 'rocket', 'acme.db'), undefined],
  ])('packages %s have the update of their package manager', (_, feature, expected) => {
    expect(remedyOf(feature, { fixedIn: '2' })).toBe(expected);
  });

  test('there is nothing to do where nothing is fixed', () => {
    expect(remedyOf(installed('npm', 'a', 'node_modules/a/package.json'), { fixedIn: null })).toBeUndefined();
  });

  test.each([
    [
      installed('npm', 'crossenv', 'app/node_modules/crossenv/package.json'),
      'remove crossenv from app/node_modules/crossenv',
    ],
    [installed('cargo', 'rustdecimal', 'src/Cargo.lock'), 'remove rustdecimal from src/Cargo.lock'],
    [installed('cargo', 'rustdecimal', 'usr/bin/app'), 'rebuild usr/bin/app without rustdecimal'],
  ])('a malicious package is removed, whatever version has a fix: %j', (feature, expected) => {
    expect(remedyOf(feature, { fixedIn: '2', kind: 'malicious' })).toBe(expected);
  });
});
