import { type CsafProduct, parsePackageUrl } from '@clarion/file-formats/documents';
import { isDebugPackage, isPackageName } from '../redhat-products';

/** A package that a VEX document names, whatever its version. */
export interface VexPackage {
  readonly name: string;
  /** `either` where the document does not say whether the name is also that of a source package. */
  readonly nameKind: 'binary' | 'either';
}

/** A package as it was built. */
export interface VexBuild {
  readonly name: string;
  /** `version-release` */
  readonly version: string;
  /** The source package it was built of, where the document names it. */
  readonly source?: { readonly name: string; readonly version: string };
}

/**
 * The package of an entry without a version; undefined for debugging symbols and for what is not a package. The id is
 * its name: the package URL has the end of many names as a version (`pkg:rpm/suse/libjavascriptcoregtk@4_0-18`).
 */
export function packageOf({ id, purl }: CsafProduct): VexPackage | undefined {
  if (!isPackageName(id) || isDebugPackage(id)) return undefined;
  const source = upstreamOf(purl)?.replace(/\.(?:no)?src\.rpm$/, '');
  return { name: id, nameKind: source === undefined || source === id ? 'either' : 'binary' };
}

/** The build of an entry with one: `libpcre1-8.39-8.3.1`, in some documents with an architecture behind it. */
export function buildOf({ id, purl }: CsafProduct): VexBuild | undefined {
  const build = nevraOf(id.replace(/\.(?:x86_64|aarch64|ppc64le|ppc64|ppc|s390x|s390|i[3-6]86|ia64|noarch)$/, ''));
  if (build === undefined) return undefined;
  const source = nevraOf((upstreamOf(purl) ?? '').replace(/\.(?:no)?src\.rpm$/, ''));
  return source === undefined ? build : { ...build, source };
}

function nevraOf(text: string): { readonly name: string; readonly version: string } | undefined {
  const [, name, version] = /^([\w.+-]{1,255})-([\w.+~^]{1,200}-[\w.+~^]{1,200})$/.exec(text) ?? [];
  return name !== undefined && version !== undefined && isPackageName(name) ? { name, version } : undefined;
}

/** `openssl-1_1.src.rpm`, of a build `openssl-1_1-1.1.1l-150400.7.60.2.src.rpm`. */
function upstreamOf(purl: string | undefined): string | undefined {
  return purl === undefined ? undefined : parsePackageUrl(purl)?.qualifiers.get('upstream');
}
