import type { ReportImage } from '@clarion/model';
import { PackageURL } from 'packageurl-js';

/** Registry host or none, path, and nothing that only a file name has. */
const repositoryPattern = /^[a-z0-9][a-z0-9._:/-]*$/i;
const archiveName = /\.(?:tar|tgz|gz|zst|json)$/i;

/**
 * The package URL of an image, `pkg:oci/debian@sha256:…?repository_url=…&tag=…`; undefined where the image has no
 * manifest digest or was not named by a reference (a directory, an archive's file name).
 * Spec: https://github.com/package-url/purl-spec/blob/main/types-doc/oci-definition.md
 */
export function imagePurl({ reference, manifestDigest, platform }: ReportImage): string | undefined {
  if (manifestDigest === null || reference.length > 1000) return undefined;
  const { repository, tag } = splitReference(reference);
  const name = repository.slice(repository.lastIndexOf('/') + 1);
  if (name === '' || !repositoryPattern.test(repository) || archiveName.test(reference)) return undefined;
  const qualifiers = { arch: platform.split('/')[1] ?? '', repository_url: repository, tag };
  return new PackageURL('oci', undefined, name.toLowerCase(), manifestDigest, qualifiers, undefined).toString();
}

function splitReference(reference: string): { readonly repository: string; readonly tag: string } {
  const [named = ''] = reference.split('@', 1);
  const colon = named.lastIndexOf(':');
  // A colon before the last slash belongs to the registry's port.
  if (colon < 0 || colon < named.lastIndexOf('/')) return { repository: named, tag: '' };
  return { repository: named.slice(0, colon), tag: named.slice(colon + 1) };
}
