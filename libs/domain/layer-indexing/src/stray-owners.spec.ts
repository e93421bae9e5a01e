import type { PlacedFeature } from '@clarion/model';
import { withoutStrayOwners } from './stray-owners';

const layer = `sha256:${'a'.repeat(64)}` as const;

const packageOf = (change: Partial<PlacedFeature>): PlacedFeature => ({
  ...{ type: 'dpkg', name: 'python3-six', version: '1.16.0-4', path: 'var/lib/dpkg/status', layer },
  ...{ namespace: 'debian:12', vendor: 'Debian Python Team <team+python@tracker.debian.org>' },
  ...change,
});

const six = (path: string): PlacedFeature => ({
  ...{ type: 'pypi', name: 'six', version: '1.16.0', path, layer },
  ...{ namespace: 'pypi', owner: 'python3-six' },
});

const metadata = 'six-1.16.0.dist-info/METADATA';
const ofRpm = (namespace: string, vendor: string): PlacedFeature =>
  packageOf({ type: 'rpm', namespace, vendor, path: 'var/lib/rpm/rpmdb.sqlite' });
const ofArch = packageOf({ type: 'alpm', namespace: 'arch', path: 'var/lib/pacman/local/python3-six-1-1/desc' });

test.each<[directory: string, owner: PlacedFeature, isOwned: boolean]>([
  ...[
    ...['usr/lib/python3/dist-packages/', 'usr/share/java/', 'lib/python3/', 'bin/', 'etc/x/'],
    ...['var/lib/x/', 'var/cache/x/'],
  ].map((directory): [string, PlacedFeature, boolean] => [directory, packageOf({}), true]),
  ...[
    ...['usr/local/lib/python3.11/site-packages/', 'app/', 'opt/venv/', 'home/u/.local/lib/', 'root/', 'srv/x/'],
    ...['', 'data/usr/lib/', 'var/www/', 'var/opt/x/', 'opt/rh/x/'],
  ].map((directory): [string, PlacedFeature, boolean] => [directory, packageOf({}), false]),
  ['opt/x/', packageOf({ version: '1.0', vendor: 'ACME <ops@acme.example>' }), true],
  ['opt/x/', packageOf({ vendor: 'Datadog <package@datadoghq.com>' }), true],
  ['opt/x/', packageOf({ namespace: null }), true],
  ['opt/rh/rh-python38/root/usr/lib/', ofRpm('rhel:7', 'Red Hat, Inc.'), true],
  ['opt/x/', ofRpm('rhel:7', 'Red Hat, Inc.'), false],
  ['opt/x/', ofRpm('rhel:9', ''), false],
  ['opt/x/', ofRpm('rhel:9', 'ACME'), true],
  ['var/opt/apache-maven/lib/', ofRpm('azurelinux:3.0', 'Microsoft Corporation'), true],
  ['srv/www/roundcubemail/', ofRpm('opensuse-leap:15.6', ''), true],
  ['opt/x/', ofArch, true],
  ['srv/x/', ofArch, false],
])('a file in /%s', (directory, owner, isOwned) => {
  const [, found] = withoutStrayOwners([owner, six(directory + metadata)]);
  expect(found?.owner).toBe(isOwned ? owner.name : undefined);
});
