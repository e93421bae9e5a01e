import { decodeText, textKeeper } from '@clarion/file-formats';
import type { WantedFile, WorkBudget } from '@clarion/model';

/** How a project of Yarn finds its packages. */
export interface PnpProject {
  /** Names of the archives that it reads packages from; undefined where they are unpacked. */
  readonly archives: ReadonlySet<string> | undefined;
}

const locations = /"packageLocation":\s{0,10}"([^"\n]{0,4000})"/g;
/** `./.yarn/cache/cookie-npm-0.4.1-cc5e2ebb42-bd7c47f5d9.zip/node_modules/cookie/` */
const archiveEnd = '.zip/node_modules/';

/**
 * The archives that the table of a project names. The table is a text in a program or a file of JSON, whose form Yarn
 * reserves the right to change: only the locations are read.
 */
export function readProject({ path, content }: WantedFile, budget: WorkBudget): PnpProject {
  if (path.endsWith('.yml')) return { archives: undefined };
  const archives = new Set<string>();
  const keep = textKeeper();
  for (const [, location = ''] of decodeText(content).matchAll(locations)) {
    if (!budget.spend(1)) break;
    const end = location.lastIndexOf(archiveEnd);
    if (end >= 0) archives.add(keep(`${location.slice(location.lastIndexOf('/', end) + 1, end)}.zip`));
  }
  return { archives };
}
