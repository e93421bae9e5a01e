import type { EcosystemSign, LayerEntry } from '@clarion/model';
import { elfHeader } from '../testing/elf-header';
import { layerEntry } from '../testing/layer-entry';
import { pathHashes } from './path-hashes';
import { SignCollector } from './sign-collector';

const nothing = pathHashes(new Uint32Array());

describe('signs of a layer', () => {
  test('are bounded, whatever the layer contains', () => {
    const collector = new SignCollector(() => true);
    const add = (path: string): unknown => collector.add(layerEntry(path), layerEntry(path), false);
    for (let number = 0; number < 20_000; number += 1) add(`srv/${number}/lib/a.jar`);
    for (let number = 0; number < 20_000; number += 1) add(`app/node_modules/m${number}/package.json`);
    const signs = collector.signs(nothing);
    expect(signs.reduce((sum, { files }) => sum + files, 0)).toBe(40_000);
    expect(signs.flatMap(({ paths }) => paths).length).toBeLessThan(100);
    expect(signs.filter(({ scattered }) => scattered === true)).toHaveLength(1);
  });
});

describe('a program', () => {
  const elf = elfHeader();
  const heads = (...ones: readonly [LayerEntry, Uint8Array][]): readonly EcosystemSign[] => {
    const collector = new SignCollector(() => true);
    for (const [one, bytes] of ones) if (collector.add(one, one, false) === 'head') collector.head(one, bytes);
    return collector.signs(nothing);
  };

  test.each(['manager', 'usr/local/bin/tool', 'opt/lib/libshop.so', 'srv/x.dll'])(
    'is recognised by its bytes: %s',
    (name) => {
      expect(heads([layerEntry(name), elf])).toMatchObject([{ ecosystem: 'generic', files: 1, paths: [name] }]);
    },
  );

  test.each(['usr/share/a.bin', 'app/node_modules/sharp/sharp.node', 'srv/gems/x/ext.so'])('of others: %s', (name) => {
    expect(heads([layerEntry(name), elf])).toEqual([]);
  });

  test('is not a script, whatever its size and mode', () => {
    const script = Buffer.from('#!/bin/sh\n'.padEnd(512));
    expect(heads([layerEntry('usr/local/bin/x', { size: 5_000_000, mode: 0o755 }), script])).toEqual([]);
  });

  test('is recognised by size and mode where its bytes are unavailable, and is not a jar', () => {
    const collector = new SignCollector(() => true);
    const large = { size: 5_000_000, mode: 0o755 };
    for (const entry of [
      layerEntry('srv/large', large),
      layerEntry('srv/large.war', large),
      layerEntry('srv/small', { mode: 0o755 }),
      layerEntry('srv/data', { ...large, mode: 0o644 }),
    ]) {
      collector.add(entry, entry, false);
      collector.unread(entry);
    }
    const found = collector.signs(nothing).filter(({ ecosystem }) => ecosystem === 'generic');
    expect(found).toMatchObject([{ paths: ['srv/large'] }]);
  });

  test('that a detector reads completely counts as well', () => {
    const large = Buffer.concat([elf, Buffer.alloc(10_000)]);
    expect(heads([layerEntry('srv/large'), large])).toMatchObject([{ ecosystem: 'generic', paths: ['srv/large'] }]);
  });
});

describe('an archive of PHP', () => {
  const opener = "#!/usr/bin/env php\n<?php\nPhar::mapPhar('tool.phar');\n";
  const large = '#!/usr/local/bin/php8.2\n<?php\n/*\n * This file is part of Composer.\n */\n';
  const found = (name: string, text: string, size: number): readonly EcosystemSign[] => {
    const collector = new SignCollector(() => true);
    const one = layerEntry(name, { size, mode: name.endsWith('.phar') ? 0o644 : 0o755 });
    if (collector.add(one, one, false) === 'head') collector.head(one, Buffer.from(text.padEnd(512)));
    return collector.signs(nothing);
  };

  test.each<[path: string, text: string, size?: number]>([
    ['usr/bin/tool', opener],
    ['usr/local/bin/composer', large, 3_000_000],
    ['usr/share/tools/phpunit.phar', '<?php\n'],
    ['opt/a.phar', 'PK\x03\x04'],
  ])('is recognised: %s', (path, text, size = 2000) => {
    expect(found(path, text, size)).toMatchObject([{ ecosystem: 'composer', paths: [path] }]);
  });

  test.each<[path: string, text: string, size?: number]>([
    ['usr/local/bin/script', large],
    ['usr/local/bin/script', '#!/bin/sh\necho phar://\n', 3_000_000],
    ['var/lib/dpkg/alternatives/phar.phar', 'auto\n/usr/bin/phar.phar\n'],
    ['app/vendor/phar-io/tests/a.phar', opener],
    ['app/vendor/bin/tool', opener],
  ])('is not %s', (path, text, size = 2000) => {
    expect(found(path, text, size)).toEqual([]);
  });

  test('counts by its name where its bytes are unavailable', () => {
    const collector = new SignCollector(() => true);
    const one = layerEntry('opt/a.phar', { size: 5_000_000, mode: 0o755 });
    expect(collector.add(one, one, false)).toBe('head');
    collector.unread(one);
    expect(collector.signs(nothing)).toMatchObject([{ ecosystem: 'composer', files: 1 }]);
  });
});
