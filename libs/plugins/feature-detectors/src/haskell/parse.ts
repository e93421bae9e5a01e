import { deb822Stanzas } from '@clarion/file-formats';
import { spdxLicense } from '@clarion/licenses';
import type { Feature, WantedFile, WorkBudget } from '@clarion/model';
import { nothingParsed, type ParsedPackages } from '../parsed';
import { isUsableText, usableTexts } from '../usable-text';

const names: ReadonlySet<string> = new Set(['name', 'version', 'license', 'lib-name']);

/**
 * The package that a registration describes
 * (https://downloads.haskell.org/ghc/latest/docs/users_guide/packages.html#installedpackageinfo-a-package-specification).
 * Fields that matter come before the description, in which there are blank lines.
 */
export function parseRegistration({ path, content }: WantedFile, budget: WorkBudget): ParsedPackages {
  const [stanza] = deb822Stanzas(content, { names }, budget);
  const fields = stanza?.fields;
  // A library inside of a package is registered beside the package.
  if (fields?.has('lib-name') === true) return nothingParsed;
  const name = fields?.get('name')?.trim();
  const version = fields?.get('version')?.trim();
  if (!isUsableText(name) || !isUsableText(version)) {
    const message = 'The registration of this Haskell package lacks a name or a version';
    return { features: [], problems: [{ code: 'bad-record', path, message }] };
  }
  if (!budget.keep()) return nothingParsed;
  const written = fields?.get('license')?.trim() ?? '';
  const license = spdxLicense(written) ?? written;
  const feature: Feature = { type: 'hackage', name, version, ...usableTexts({ license }), path };
  return { features: [feature], problems: [] };
}
