import { decodeText, textKeeper } from '@clarion/file-formats';
import type { WantedFile, WorkBudget } from '@clarion/model';

const heading = /^=head2 .*: C<Module> L<([^|>]+)/;
const versionItem = /^C<VERSION: ([^>]+)>/;

/** Longer lines are not those of a log. */
const longestLine = 2000;

/**
 * The versions in `perllocal.pod`, to which MakeMaker adds an entry for each installation, by the name of the main
 * module: the last one of each counts.
 */
export function readInstallationLog({ content }: WantedFile, budget: WorkBudget): ReadonlyMap<string, string> {
  const text = decodeText(content);
  const keep = textKeeper();
  const versions = new Map<string, string>();
  let name: string | undefined;
  for (let at = 0; at < text.length && budget.spend(1);) {
    const end = text.indexOf('\n', at);
    const line = text.slice(at, end < 0 ? undefined : end);
    at = end < 0 ? text.length : end + 1;
    if (line.length > longestLine) continue;
    if (line.startsWith('=head2')) name = heading.exec(line)?.[1];
    const [, version] = versionItem.exec(line) ?? [];
    if (name !== undefined && version !== undefined) versions.set(keep(name), keep(version.trim()));
  }
  return versions;
}
