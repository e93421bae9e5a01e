import { posix } from 'node:path';
import type { WantedFile, WorkBudget } from '@clarion/model';
import type { ParsedPackages } from '../parsed';
import { quoted } from '../usable-text';

/** Where rpm keeps its database: the classic folder, that of SUSE and Fedora, and that of ostree systems. */
export const databaseFolders = ['var/lib/rpm', 'usr/lib/sysimage/rpm', 'usr/share/rpm'] as const;

const vendorMacros = 'usr/lib/rpm/macros';

/** Macro files that rpm reads; any of them may move its database. */
export const configurationPaths = [
  'etc/rpm/macros',
  'etc/rpm/macros.*',
  vendorMacros,
  'usr/lib/rpm/macros.d/macros.*',
] as const;

/** Whether rpm reads the file as its configuration. */
export function isConfiguration(path: string): boolean {
  return /^(?:etc|usr\/lib)\/rpm\/macros(?:$|\.)/.test(path);
}

/** Macros that stand for the same directories everywhere. */
const directories: ReadonlyMap<string, string> = new Map([
  ['_prefix', '/usr'],
  ['_exec_prefix', '/usr'],
  ['_usr', '/usr'],
  ['_libdir', '/usr/lib'],
  ['_datadir', '/usr/share'],
  ['_var', '/var'],
  ['_localstatedir', '/var'],
  ['_sharedstatedir', '/var/lib'],
]);

/**
 * Reports a problem when macros move the database to a folder that is not scanned: it may contain packages.
 *
 * @see https://rpm-software-management.github.io/rpm/man/rpm-macrofile.5
 */
export function checkConfiguration(file: WantedFile, budget: WorkBudget): ParsedPackages {
  const { content } = file;
  for (const raw of Buffer.from(content.buffer, content.byteOffset, content.byteLength).toString('utf8').split('\n')) {
    if (!budget.spend(1)) break;
    const stated = /^\s*%_dbpath\s+(.*?)\s*$/.exec(raw)?.[1];
    if (stated === undefined) continue;
    const expanded = stated.replace(/%\{([^{}]*)\}/g, (written, name: string) => directories.get(name) ?? written);
    const folder = posix.join('/', expanded, '.').replace(/^\/|\/$/g, '');
    if (databaseFolders.some((known) => known === folder)) continue;
    // Debian's own rpm, which manages no packages of the image, runs a program to find a home directory.
    if (file.path === vendorMacros && expanded.startsWith('%(')) continue;
    const message = `rpm keeps its database in ${quoted(stated)}, which is not read`;
    return { features: [], problems: [{ code: 'unreadable-database', path: file.path, message }] };
  }
  return { features: [], problems: [] };
}
