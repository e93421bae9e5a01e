import { ecosystemOfManifest, isLockFile, ReadProjects } from '@clarion/ecosystems';
import type { PackageType, Problem, WantedFile, WorkBudget } from '@clarion/model';
import { declaresPackages } from './declared-packages';

/** Projects in these directories are tests, samples and copies of others, which are not what is built. */
const ofOthers =
  /(?:^|\/)(?:\.git|vendor|third[_-]party|bower_components|__tests__|__fixtures__|tests?|fixtures?|test[_-]?data|examples?|samples?|templates?|benchmarks?|e2e)\//i;

/** Bytes that are searched in the time of a step. */
const bytesOfStep = 64;

/**
 * A problem of each manifest that declares dependencies, for a project without a lock file among `locks` (paths of the
 * layer). Whether other layers have one, or the packages, is decided when layers are composed.
 */
export function unreadManifests(
  files: readonly WantedFile[],
  { locks, budget }: { readonly locks: readonly string[]; readonly budget: WorkBudget },
): readonly Problem[] {
  const read = new Map<PackageType, ReadProjects>();
  const problems: Problem[] = [];
  for (const file of files) {
    const row = ecosystemOfManifest(file.path);
    if (row === undefined || ofOthers.test(file.path)) continue;
    const projects = read.get(row.type) ?? new ReadProjects(row);
    if (!read.has(row.type)) for (const path of locks) if (isLockFile(row, path)) projects.addLockFile(path);
    read.set(row.type, projects);
    if (projects.has(file.path)) continue;
    if (!budget.spend(1 + file.content.length / bytesOfStep)) break;
    if (!declaresPackages(file)) continue;
    const message = 'Its dependencies are not listed: no lock file of the project names their exact versions';
    problems.push({ code: 'unknown-version', path: file.path, message });
  }
  return problems;
}
