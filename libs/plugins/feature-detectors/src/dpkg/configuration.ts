import { posix } from 'node:path';
import type { WantedFile, WorkBudget } from '@clarion/model';
import type { ParsedPackages } from '../parsed';
import { quoted } from '../usable-text';

export const configurationFolder = 'etc/dpkg/dpkg.cfg.d/';

/** dpkg's configuration, which may move its database. */
export const configurationPaths = ['etc/dpkg/dpkg.cfg', `${configurationFolder}*`] as const;

const usualFolder = '/var/lib/dpkg';

/** Whether dpkg reads the file as its configuration. */
export function isConfiguration(path: string): boolean {
  return path === 'etc/dpkg/dpkg.cfg' || /^etc\/dpkg\/dpkg\.cfg\.d\/[A-Za-z0-9_-]+$/.test(path);
}

/**
 * Reports a problem when the configuration moves the database to a folder that is not scanned: it may contain packages.
 *
 * @see https://manpages.debian.org/bookworm/dpkg/dpkg.1.en.html (`--admindir`, `--instdir`, `--root`)
 */
export function checkConfiguration(file: WantedFile, budget: WorkBudget): ParsedPackages {
  const { content } = file;
  for (const raw of Buffer.from(content.buffer, content.byteOffset, content.byteLength).toString('utf8').split('\n')) {
    if (!budget.spend(1)) break;
    const [, option, value = ''] = /^\s*(?:--)?(admindir|root)(?:\s*=\s*|\s+)(.*)$/.exec(raw.trimEnd()) ?? [];
    if (option === undefined) continue;
    const stated = value.replace(/^(["'])(.*)\1$/, '$2');
    const folder = posix
      .join('/', option === 'root' ? posix.join(stated, usualFolder) : stated, '.')
      .replace(/(.)\/$/, '$1');
    if (folder === usualFolder) continue;
    const message = `dpkg keeps its database in ${quoted(folder)}, which is not read`;
    return { features: [], problems: [{ code: 'unreadable-database', path: file.path, message }] };
  }
  return { features: [], problems: [] };
}
