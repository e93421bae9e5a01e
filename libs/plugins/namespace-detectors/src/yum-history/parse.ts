import { decodeText } from '@clarion/file-formats';
import type { ScopeEvidence, WantedFile } from '@clarion/model';

/** `<checksum>-<name>-<version>-<release>-<architecture>`; only the name contains hyphens. */
const folder = /^[0-9a-f]{20,128}-(.+)-([^-]+)-([^-]+)-([^-]+)$/;

/** The repository that one package was installed from: the content of a file in the package's folder. */
export function parseRepository({ path, content }: WantedFile): readonly ScopeEvidence[] {
  const match = folder.exec(path.split('/').at(-2) ?? '');
  const value = decodeText(content).trim();
  if (match === null || !/^[\w.:+/-]{1,200}$/.test(value)) return [];
  const [, name = '', version = '', release = '', architecture = ''] = match;
  return [{ kind: 'installed-from', value, package: `${name}-${version}-${release}.${architecture}`, path }];
}
