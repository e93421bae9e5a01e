// Builds the sample images from the text fixtures next to this file: a Debian 12 base with curl on top, and an Alpine.
// Usage: node dist/tools/sample/main.js SOURCE TARGET
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  buildElf,
  buildImage,
  type BuiltImage,
  directory,
  file,
  hardlink,
  symlink,
  whiteout,
  writeDockerArchive,
  writeOciLayout,
} from '@clarion/test-kit';

function debian(read: (name: string) => string): BuiltImage {
  return buildImage({
    repoTags: ['clarion-sample/debian-with-curl:12'],
    layers: [
      [
        directory('etc'),
        symlink('etc/os-release', '../usr/lib/os-release'),
        file('usr/lib/os-release', read('debian/os-release')),
        file('etc/debian_version', '12.4\n'),
        file('var/lib/dpkg/status', read('debian/1-base.status')),
      ],
      [file('var/lib/dpkg/status', read('debian/2-curl.status')), file('usr/bin/curl', 'sample\n')],
    ],
    history: [
      { created_by: 'ADD debian 12 rootfs (sample)' },
      { created_by: 'RUN apt-get install -y curl openssl (sample)' },
    ],
  });
}

function alpine(read: (name: string) => string): BuiltImage {
  return buildImage({
    repoTags: ['clarion-sample/alpine:3.22'],
    layers: [
      [
        file('etc/os-release', read('alpine/os-release')),
        file('etc/alpine-release', '3.22.1\n'),
        file('lib/apk/db/installed', read('alpine/installed')),
      ],
    ],
    history: [{ created_by: 'ADD alpine 3.20 rootfs (sample)' }],
  });
}

const elf = { bits: 64, bigEndian: false } as const;
const words = 'bytes that nobody looks for '.repeat(40_000);

/** What real images have: programs, links, files of packages. V8 compiles the code ahead that reads it. */
function typical(read: (name: string) => string): BuiltImage {
  const program = buildElf(elf, [
    { name: '.text', content: words },
    { name: '.rodata', content: `${words}@(#)Bash version 5.2.15(1) release` },
    { name: '.shstrtab', content: '' },
  ]);
  const manifest = JSON.stringify({ name: 'left-pad', version: '1.3.0', license: 'MIT', dependencies: { a: '1' } });
  return buildImage({
    repoTags: ['clarion-sample/typical:1'],
    layers: [
      [
        directory('etc'),
        file('usr/lib/os-release', read('debian/os-release')),
        symlink('etc/os-release', '../usr/lib/os-release'),
        file('var/lib/dpkg/status', read('debian/1-base.status')),
        file('var/lib/dpkg/info/bash.list', '/.\n/usr/bin/bash\n/usr/lib/small.so\n'),
        file('var/lib/dpkg/info/bash.md5sums', '0123456789abcdef0123456789abcdef  usr/bin/bash\n'),
        file('usr/bin/bash', program),
        hardlink('usr/bin/rbash', 'usr/bin/bash'),
        symlink('bin', 'usr/bin'),
        file('usr/lib/small.so', buildElf(elf, [{ name: '.rodata', content: 'few bytes' }])),
        file('usr/share/doc/bash/copyright', 'License: GPL-3.0\n'),
        file('tmp/gone', 'gone'),
      ],
      [
        file('app/node_modules/left-pad/package.json', manifest),
        file(
          'usr/lib/python3/dist-packages/six-1.16.0.dist-info/METADATA',
          'Name: six\nVersion: 1.16.0\nLicense: MIT\n',
        ),
        whiteout('tmp/gone'),
      ],
    ],
    history: [{ created_by: 'ADD debian 12 rootfs (sample)' }, { created_by: 'COPY app (sample)' }],
  });
}

const [source, target] = process.argv.slice(2);
if (source === undefined || target === undefined) throw new Error('usage: main.js SOURCE TARGET');
const read = (name: string): string => readFileSync(join(source, 'images', name), 'utf8');
mkdirSync(target, { recursive: true });
writeDockerArchive(join(target, 'debian-12-with-curl.tar'), debian(read), { form: 'v1.1' });
writeDockerArchive(join(target, 'alpine-3.22.tar'), alpine(read), { form: 'v1.1' });
writeDockerArchive(join(target, 'typical.tar'), typical(read), { form: 'v1.1' });
writeOciLayout(join(target, 'typical'), typical(read));
