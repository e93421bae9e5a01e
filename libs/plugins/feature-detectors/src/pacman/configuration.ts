import { posix } from 'node:path';
import type { WantedFile, WorkBudget } from '@clarion/model';
import type { ParsedPackages } from '../parsed';
import { quoted } from '../usable-text';

/** pacman's configuration, which may move its database. */
export const configurationPath = 'etc/pacman.conf';

const usualFolder = '/var/lib/pacman';

/**
 * Reports a problem when the configuration moves the database to a folder that is not scanned: it may contain packages.
 *
 * @see https://man.archlinux.org/man/pacman.conf.5
 */
export function checkConfiguration(file: WantedFile, budget: WorkBudget): ParsedPackages {
  const { DBPath: stated, RootDir: root = '/' } = optionsOf(file.content, budget);
  const folder = posix.join('/', stated ?? posix.join(root, usualFolder), '.');
  if (folder === usualFolder) return { features: [], problems: [] };
  const message = `pacman keeps its database in ${quoted(folder)}, which is not read`;
  return { features: [], problems: [{ code: 'unreadable-database', path: file.path, message }] };
}

type Options = Partial<Record<'DBPath' | 'RootDir', string>>;

/** The first value of each option counts, as in pacman. */
function optionsOf(content: Uint8Array, budget: WorkBudget): Options {
  const options: Options = {};
  let section = '';
  for (const raw of Buffer.from(content.buffer, content.byteOffset, content.byteLength).toString('utf8').split('\n')) {
    if (!budget.spend(1)) break;
    const line = raw.trim();
    if (line.startsWith('[') && line.endsWith(']')) section = line.slice(1, -1);
    const equals = line.indexOf('=');
    const name = line.slice(0, Math.max(equals, 0)).trim();
    if (section === 'options' && (name === 'DBPath' || name === 'RootDir'))
      options[name] ??= line.slice(equals + 1).trim();
  }
  return options;
}
