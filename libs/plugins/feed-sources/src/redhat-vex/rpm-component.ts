import {
  type CsafComponent,
  type CsafProduct,
  type PackageUrl,
  parsePackageUrl,
} from '@clarion/file-formats/documents';
import { isDebugPackage, isPackageName, moduleOf } from '../redhat-products';

/** An rpm package as a product status entry names it. */
export interface RpmComponent {
  readonly name: string;
  /** `either`: the entry has no purl, its name is that of a source or of a binary package. */
  readonly nameKind: 'source' | 'binary' | 'either';
  /** `[epoch:]version-release`, epoch 0 left out. */
  readonly version?: string;
  /** Of binary packages, where it is stated. */
  readonly architecture?: string;
  /** `name:stream`. */
  readonly module?: string;
}

/** Why an entry is not about an rpm package: it is of another kind, or cannot be understood. */
export type NoComponent = { readonly skipped: 'other kind' | 'debug package' } | { readonly problem: string };

/** What package an entry is about. Containers, Maven artefacts and modules as such are of another kind. */
export function rpmComponentOf(entry: CsafComponent): RpmComponent | NoComponent {
  const { component } = entry;
  const purl = component.purl === undefined ? undefined : parsePackageUrl(component.purl);
  if (component.purl !== undefined && purl === undefined) return { problem: 'Package URL cannot be read' };
  const found = purl === undefined ? byName(component) : byPurl(purl);
  if ('problem' in found || 'skipped' in found) return found;
  const module = found.module ?? moduleAround(entry);
  return module === undefined ? found : { ...found, module };
}

function byPurl(purl: PackageUrl): RpmComponent | NoComponent {
  if (purl.type !== 'rpm') return { skipped: 'other kind' };
  if (!isPackageName(purl.name)) return { problem: 'Package URL without a package name' };
  if (isDebugPackage(purl.name)) return { skipped: 'debug package' };
  const rpmmod = purl.qualifiers.get('rpmmod');
  const module = rpmmod === undefined ? undefined : moduleOf(rpmmod);
  if (rpmmod !== undefined && module === undefined) return { problem: `Module ${rpmmod.slice(0, 80)} has no stream` };
  const architecture = purl.qualifiers.get('arch');
  const version = versionOf(purl);
  return {
    name: purl.name,
    nameKind: architecture === 'src' ? 'source' : 'binary',
    ...(version === undefined ? {} : { version }),
    ...(architecture === undefined || architecture === 'src' ? {} : { architecture }),
    ...(module === undefined ? {} : { module }),
  };
}

/** Some unfixed entries have the stream of a module in place of the version: a version has a release. */
function versionOf({ version, qualifiers }: PackageUrl): string | undefined {
  if (version === undefined || !/^(?:\d+:)?[^:\s-]+-[^:\s-]+$/.test(version)) return undefined;
  if (version.includes(':')) return version.replace(/^0+:/, '');
  const epoch = qualifiers.get('epoch') ?? '0';
  return /^0*$/.test(epoch) || !/^\d{1,9}$/.test(epoch) ? version : `${Number(epoch)}:${version}`;
}

/** `gnutls`, `postgresql:15/postgresql`; a slash without a stream before it is the path of a container. */
function byName({ name }: CsafProduct): RpmComponent | NoComponent {
  const slash = name.indexOf('/');
  const plain = slash < 0 ? name : name.slice(slash + 1);
  const module = slash < 0 ? undefined : moduleOf(name.slice(0, slash));
  if ((slash >= 0 && module === undefined) || !isPackageName(plain)) return { skipped: 'other kind' };
  if (isDebugPackage(plain)) return { skipped: 'debug package' };
  return { name: plain, nameKind: 'either', ...(module === undefined ? {} : { module }) };
}

/** Older documents put the module between package and product, or behind `::` in the component's id. */
function moduleAround({ component, within }: CsafComponent): string | undefined {
  for (const { id, purl: text } of within) {
    const purl = text === undefined ? undefined : parsePackageUrl(text);
    const module =
      purl?.type === 'rpmmod'
        ? moduleOf(purl.version === undefined ? purl.name : `${purl.name}:${purl.version}`)
        : moduleOf(id);
    if (module !== undefined) return module;
  }
  const suffix = component.id.lastIndexOf('::');
  return suffix < 0 ? undefined : moduleOf(component.id.slice(suffix + 2));
}
