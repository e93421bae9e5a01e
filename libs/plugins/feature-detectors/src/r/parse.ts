import { deb822Stanzas } from '@clarion/file-formats';
import type { Feature, WantedFile, WorkBudget } from '@clarion/model';
import { isInCondaCache } from '../conda-cache';
import { nothingParsed, type ParsedPackages } from '../parsed';
import { isUsableText, usableTexts } from '../usable-text';
import { readLicense } from './read-license';

const names: ReadonlySet<string> = new Set(['package', 'version', 'license', 'built', 'repository', 'biocviews']);

/** Where `R CMD INSTALL` keeps the package that it replaces, until it is done. */
const leftover = /(?:^|\/)00LOCK[^/]*\//;

/**
 * The package that a `DESCRIPTION` describes (https://cran.r-project.org/doc/manuals/R-exts.html#The-DESCRIPTION-file).
 * `R CMD INSTALL` adds `Built`; R does not load a package without it, so sources and test data are not packages.
 */
export function parseDescription({ path, content }: WantedFile, budget: WorkBudget): ParsedPackages {
  if (leftover.test(path) || isInCondaCache(path)) return nothingParsed;
  const [stanza] = deb822Stanzas(content, { names }, budget);
  const fields = stanza?.fields;
  if (fields?.get('built') === undefined) return nothingParsed;
  const name = fields.get('package');
  const version = fields.get('version');
  if (!isUsableText(name) || !isUsableText(version)) {
    const message = 'The description of this installed R package lacks a name or a version';
    return { features: [], problems: [{ code: 'bad-record', path, message }] };
  }
  if (!budget.keep()) return nothingParsed;
  const license = readLicense(fields.get('license') ?? '');
  const feature: Feature = { type: typeOf(fields), name, version, ...usableTexts({ license }), path };
  return { features: [feature], problems: [] };
}

/** Packages of Bioconductor have terms of its vocabulary; its releases name it as their repository, too. */
function typeOf(fields: ReadonlyMap<string, string>): string {
  const repository = fields.get('repository') ?? '';
  if (repository.startsWith('Bioconductor')) return 'bioconductor';
  return repository === '' && fields.has('biocviews') ? 'bioconductor' : 'cran';
}
