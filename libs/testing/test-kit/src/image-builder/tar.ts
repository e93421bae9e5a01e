import { padded } from './raw-tar';

/** One entry of a tar that a test builds. Paths are written unchanged: a leading `./`, `/` or `..` is kept. */
export interface TarEntry {
  readonly path: string;
  readonly type: 'file' | 'directory' | 'symlink' | 'hardlink' | 'character-device' | 'fifo';
  readonly content?: string | Uint8Array;
  /** Target of a link, as written. */
  readonly link?: string;
  readonly mode?: number;
  /** Major and minor number of a device. */
  readonly device?: readonly [number, number];
}

const typeFlags = {
  file: '0',
  hardlink: '1',
  symlink: '2',
  'character-device': '3',
  directory: '5',
  fifo: '6',
} as const satisfies Record<TarEntry['type'], string>;

const blockSize = 512;
const nameSize = 100;

export function file(path: string, content: string | Uint8Array = ''): TarEntry {
  return { path, type: 'file', content };
}

export function directory(path: string): TarEntry {
  return { path, type: 'directory' };
}

export function symlink(path: string, link: string): TarEntry {
  return { path, type: 'symlink', link };
}

/** A second name for `link`, which may be in a lower layer. */
export function hardlink(path: string, link: string): TarEntry {
  return { path, type: 'hardlink', link };
}

/** The OCI spelling of "`path` of the lower layers is gone". */
export function whiteout(path: string): TarEntry {
  const slash = path.lastIndexOf('/') + 1;
  return file(`${path.slice(0, slash)}.wh.${path.slice(slash)}`);
}

/** The overlay spelling of a whiteout: a character device 0/0. */
export function nullDevice(path: string): TarEntry {
  return { path, type: 'character-device', device: [0, 0] };
}

/** Hides what lower layers have below `path` ('' is the root). */
export function opaque(path: string): TarEntry {
  return file(path === '' ? '.wh..wh..opq' : `${path}/.wh..wh..opq`);
}

/** Builds an ustar archive with GNU long names; times and owners are 0, so equal entries are equal bytes. */
export function buildTar(entries: readonly TarEntry[]): Uint8Array {
  return Buffer.concat([...entries.flatMap(entryBlocks), Buffer.alloc(2 * blockSize)]);
}

function entryBlocks(entry: TarEntry): Buffer[] {
  const content = Buffer.from(entry.content ?? '');
  const path = entry.type === 'directory' && !entry.path.endsWith('/') ? `${entry.path}/` : entry.path;
  const link = entry.link ?? '';
  return [
    ...longName('K', link),
    ...longName('L', path),
    header({ path, link, flag: typeFlags[entry.type], size: content.length, entry }),
    padded(content),
  ];
}

/** A GNU extension entry that carries a name of the next entry that does not fit its header. */
function longName(flag: 'K' | 'L', name: string): Buffer[] {
  const bytes = Buffer.from(name);
  if (bytes.length <= nameSize) {
    return [];
  }
  const content = Buffer.concat([bytes, Buffer.alloc(1)]);
  return [header({ path: '././@LongLink', link: '', flag, size: content.length }), padded(content)];
}

interface HeaderFields {
  readonly path: string;
  readonly link: string;
  readonly flag: string;
  readonly size: number;
  readonly entry?: TarEntry;
}

function header({ path, link, flag, size, entry }: HeaderFields): Buffer {
  const block = Buffer.alloc(blockSize);
  const [major, minor] = entry?.device ?? [0, 0];
  Buffer.from(path).copy(block, 0, 0, nameSize);
  octal(block, 100, 8, entry?.mode ?? (flag === '5' ? 0o755 : 0o644));
  octal(block, 108, 8, 0);
  octal(block, 116, 8, 0);
  octal(block, 124, 12, size);
  octal(block, 136, 12, 0);
  block.fill(' ', 148, 156);
  block.write(flag, 156);
  Buffer.from(link).copy(block, 157, 0, nameSize);
  block.write('ustar\x0000', 257, 'latin1');
  octal(block, 329, 8, major);
  octal(block, 337, 8, minor);
  let sum = 0;
  for (const byte of block) {
    sum += byte;
  }
  octal(block, 148, 7, sum);
  return block;
}

function octal(block: Buffer, offset: number, width: number, value: number): void {
  block.write(`${value.toString(8).padStart(width - 1, '0')}\0`, offset, 'latin1');
}
