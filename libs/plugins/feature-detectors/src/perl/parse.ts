import type { Feature, Problem, WantedFile, WorkBudget } from '@clarion/model';
import { parseJsonObject } from '../json-object';
import { combine, nothingParsed, type ParsedPackages } from '../parsed';
import { isUsableText, usableTexts } from '../usable-text';
import { readInstallationLog } from './installation-log';
import { nearest } from './nearest';
import { newest, type Release, type ReleaseFiles, releaseOf } from './release';

/**
 * The distributions that are installed in a layer. `.packlist` lists the files of one, so that it proves that it is there
 * and an upgrade replaces it; what cpanm and MakeMaker record beside it says which release it is. Records alone count
 * where no list belongs to them.
 */
export function parseInstallations(files: Iterable<WantedFile>, budget: WorkBudget): ParsedPackages {
  const found = sorted(files, budget);
  const described = [...found.releases.values()].map((one) => releaseOf(one) ?? one.path);
  const releases = described.filter((one) => typeof one !== 'string');
  const releasesOf = indexed(releases, (release) => [...release.modules, release.name.replaceAll('-', '::')], budget);
  const logsOf = indexed(found.logs, ({ versions }) => versions.keys(), budget);
  const used = new Set<Release>();
  const listed = combine(found.lists, ({ path, module }) => {
    const [all, logs] = [releasesOf.get(module) ?? [], logsOf.get(module) ?? []];
    if (!budget.spend(1 + all.length + logs.length)) return nothingParsed;
    const candidates = nearest(all, path);
    for (const candidate of candidates) used.add(candidate);
    return packageOfList({ path, module }, candidates, nearest(logs, path).at(-1)?.versions.get(module));
  });
  const alone = releases.filter((release) => !used.has(release)).map((release) => toFeature(release, release.path));
  const nameless = described.filter((one) => typeof one === 'string').map(namelessProblem);
  const { problems } = combine([...found.problems, ...nameless, ...listed.problems], (problem) => {
    return { features: [], problems: [problem] };
  });
  return { features: [...listed.features, ...alone].filter(() => budget.keep()), problems };
}

function namelessProblem(path: string): Problem {
  return { code: 'bad-record', path, message: 'The record of this Perl distribution lacks a name or a version' };
}

interface PackingList {
  readonly path: string;
  /** Its main module: `Own::Sample` of `auto/Own/Sample/.packlist`. */
  readonly module: string;
}

interface Log {
  readonly path: string;
  readonly versions: ReadonlyMap<string, string>;
}

interface Found {
  readonly lists: PackingList[];
  readonly logs: Log[];
  /** By directory. */
  readonly releases: Map<string, ReleaseFiles>;
  readonly problems: Problem[];
}

const listPath = /(?:^|\/)auto\/(.+)\/\.packlist$/;

function sorted(files: Iterable<WantedFile>, budget: WorkBudget): Found {
  const found: Found = { lists: [], logs: [], releases: new Map(), problems: [] };
  for (const file of files) {
    const { path } = file;
    const [, module] = listPath.exec(path) ?? [];
    if (module !== undefined) found.lists.push({ path, module: module.replaceAll('/', '::') });
    else if (path.endsWith('.pod')) found.logs.push({ path, versions: readInstallationLog(file, budget) });
    else addReleaseFile(found, file);
  }
  return found;
}

function addReleaseFile({ releases, problems }: Found, file: WantedFile): void {
  const { path } = file;
  const { object, problem } = parseJsonObject(file);
  if (problem !== undefined) problems.push(problem);
  if (object === undefined) return;
  const directory = path.slice(0, path.lastIndexOf('/'));
  const isInstall = path.endsWith('/install.json');
  const before = releases.get(directory);
  releases.set(directory, {
    ...before,
    ...(isInstall ? { install: object } : { meta: object }),
    path: isInstall ? path : (before?.path ?? path),
  });
}

/** Items by each of their modules. */
function indexed<Item>(
  items: readonly Item[],
  modulesOf: (item: Item) => Iterable<string>,
  budget: WorkBudget,
): ReadonlyMap<string, readonly Item[]> {
  const byModule = new Map<string, Item[]>();
  for (const item of items) {
    for (const module of modulesOf(item)) {
      if (!budget.spend(1)) return byModule;
      const known = byModule.get(module);
      if (known === undefined) byModule.set(module, [item]);
      else if (known.at(-1) !== item) known.push(item);
    }
  }
  return byModule;
}

/** `version` is that of the log of installations, which says which of several releases is the last one. */
function packageOfList(
  { path, module }: PackingList,
  candidates: readonly Release[],
  version: string | undefined,
): ParsedPackages {
  const release = candidates.find((one) => one.version === version) ?? newest(candidates);
  if (release !== undefined) return { features: [toFeature(release, path)], problems: [] };
  if (!isUsableText(version)) {
    const message = 'The version of this Perl distribution is not recorded beside its list of files';
    return { features: [], problems: [{ code: 'bad-record', path, message }] };
  }
  const name = namesOfModules.get(module) ?? module.replaceAll('::', '-');
  // Nearly all distributions have the name of their main module.
  return { features: [{ type: 'cpan', name, version, path, confidence: 'inferred' }], problems: [] };
}

/** Well-known distributions that are not called like their main module. */
const namesOfModules: ReadonlyMap<string, string> = new Map([
  ['LWP', 'libwww-perl'],
  ['Template', 'Template-Toolkit'],
  ['Term::ReadKey', 'TermReadKey'],
  ['Image::Magick', 'PerlMagick'],
  ['IO::Stringy', 'IO-stringy'],
]);

function toFeature({ name, version, license }: Release, path: string): Feature {
  return { type: 'cpan', name, version, ...usableTexts({ license }), path };
}
