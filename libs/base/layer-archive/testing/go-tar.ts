import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** One entry as Go's archive/tar sees it. */
export interface GoEntry {
  readonly name: Buffer;
  /** The type flag after all extended headers are applied. */
  readonly flag: string;
  readonly link: Buffer;
  readonly size: number;
  /** Whether both device numbers are 0. */
  readonly null: boolean;
  readonly content: Buffer;
}

export interface GoReading {
  readonly entries: readonly GoEntry[];
  /** Why it read no further. */
  readonly error?: string;
}

/** Reads tars with Go's archive/tar, which container runtimes use to unpack layers. */
export interface GoTar {
  read(tar: Uint8Array): GoReading;
  close(): void;
}

/** Why Go is not available here; undefined where it is. In CI it must be available. */
export function whyNoGo(): string | undefined {
  if (spawnSync('go', ['version']).error === undefined) return undefined;
  if (!['', 'false', '0'].includes(process.env['CI'] ?? '')) throw new Error('There is no Go to compare with');
  return 'there is no Go here';
}

/** Builds the reader, with Go's standard library only. */
export function buildGoTar(): GoTar {
  const folder = mkdtempSync(path.join(tmpdir(), 'clarion-go-tar-'));
  const program = path.join(folder, 'go-tar');
  const done = spawnSync('go', ['build', '-o', program, path.join(__dirname, 'go-tar', 'main.go')], {
    encoding: 'utf8',
    cwd: folder,
  });
  if (done.status !== 0) throw new Error(`Go could not build the reader: ${done.stderr}`);
  return {
    read(tar) {
      const { stdout } = spawnSync(program, { input: tar, maxBuffer: 64 << 20 });
      const { entries, error } = JSON.parse(stdout.toString()) as Printed;
      const bytes = (base64: string): Buffer => Buffer.from(base64, 'base64');
      return {
        entries: entries.map((entry) => ({
          ...entry,
          name: bytes(entry.name),
          link: bytes(entry.link),
          content: bytes(entry.content),
        })),
        ...(error === undefined ? {} : { error }),
      };
    },
    close() {
      rmSync(folder, { recursive: true });
    },
  };
}

interface Printed {
  readonly entries: readonly (Omit<GoEntry, 'name' | 'link' | 'content'> &
    Readonly<Record<'name' | 'link' | 'content', string>>)[];
  readonly error?: string;
}
