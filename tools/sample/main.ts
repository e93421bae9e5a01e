// Builds the sample images from the text fixtures next to this file: a Debian 12 base with curl on top, and an Alpine.
// Usage: node dist/tools/sample/main.js SOURCE TARGET
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildImage, directory, file, symlink, writeDockerArchive, type BuiltImage } from '@clarion/test-kit';

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

const [source, target] = process.argv.slice(2);
if (source === undefined || target === undefined) throw new Error('usage: main.js SOURCE TARGET');
const read = (name: string): string => readFileSync(join(source, 'images', name), 'utf8');
mkdirSync(target, { recursive: true });
writeDockerArchive(join(target, 'debian-12-with-curl.tar'), debian(read), { form: 'v1.1' });
writeDockerArchive(join(target, 'alpine-3.22.tar'), alpine(read), { form: 'v1.1' });
