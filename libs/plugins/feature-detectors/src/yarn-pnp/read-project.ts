import { posix } from 'node:path';
import { decodeText, textKeeper } from '@clarion/file-formats';
import type { WantedFile, WorkBudget } from '@clarion/model';

/** How a project of Yarn finds its packages. */
export interface PnpProject {
  /** Names of the archives that it reads packages from. */
  readonly archives: ReadonlySet<string>;
  /** Their paths, as far as no link leads to them. */
  readonly paths: ReadonlySet<string>;
  /** Those of them that are in a folder which no cache of Yarn has unless a project says so. */
  readonly elsewhere: ReadonlySet<string>;
  /** Whether its files say where packages are. A table names at least the project itself, unless it is damaged. */
  readonly isKnown: boolean;
}

const cache = /(?:^|\/)\.yarn\/(?:berry\/)?cache\/$/;
/** `.yarn/__virtual__/NAME/0/cache/`: the folder before it, with as many of its ends left out as the number says. */
const virtual = /(^|\/)\.yarn\/(?:__virtual__|\$\$virtual)\/[^/]+\/(\d)\//;

const locations = /"packageLocation":\s{0,10}"([^"\n]{0,4000})"/g;
/** `./.yarn/cache/cookie-npm-0.4.1-cc5e2ebb42-bd7c47f5d9.zip/node_modules/cookie/` */
const archiveEnd = '.zip/node_modules/';

/**
 * The archives that the table of a project names. The table is a text in a program or a file of JSON, whose form Yarn
 * reserves the right to change: only the locations are read.
 */
export function readProject({ path, content }: WantedFile, budget: WorkBudget): PnpProject {
  const archives = new Set<string>();
  const paths = new Set<string>();
  const elsewhere = new Set<string>();
  // Its packages are unpacked.
  if (path.endsWith('.yml')) return { archives, paths, elsewhere, isKnown: true };
  const keep = textKeeper();
  let isKnown = false;
  for (const [, location = ''] of decodeText(content).matchAll(locations)) {
    if (!budget.spend(1)) break;
    isKnown = true;
    const end = location.lastIndexOf(archiveEnd);
    if (end < 0) continue;
    const start = location.lastIndexOf('/', end) + 1;
    const name = keep(`${location.slice(start, end)}.zip`);
    archives.add(name);
    const folder = realFolder(location.slice(0, start));
    paths.add(keep(posix.join(posix.dirname(path), folder, name)));
    if (!cache.test(folder)) elsewhere.add(name);
  }
  return { archives, paths, elsewhere, isKnown };
}

function realFolder(folder: string): string {
  return folder.replace(virtual, (_, before: string, up: string) => `${before}${up === '0' ? '.yarn/' : ''}`);
}
