import type { Ecosystem, FixedPackage } from '../ecosystem';
import { lowerCase } from '../lower-case';

/** The programs of an installation of Go. */
const goInstallation = /^(.*\/go|go)\/(?:bin\/(?:go|gofmt)|pkg\/tool\/[^/]+\/[^/]+)$/;

/** Of the standard library and the toolchain, which have the version of Go itself; modules have versions like v1.2.3. */
function isGoItself(name: string): boolean {
  return name === 'stdlib' || name === 'toolchain';
}

/** Releases as Go names them: `1.20` for `1.20.0`, but `1.21.0`; `1.21rc2` for `1.21.0-rc.2`. */
function releaseName(version: string): string {
  const [, line = '', minor = '', kind = '', number = ''] =
    /^v?(\d+\.(\d+))\.0(?:-(rc|beta)\.?(\d+))?$/.exec(version) ?? [];
  if (line === '') return version;
  return kind === '' && Number(minor) > 20 ? version : `${line}${kind}${number}`;
}

function writtenVersion(name: string, version: string): string {
  return isGoItself(name) ? version : version.replace(/^(?=\d)/, 'v');
}

function withVersion(name: string, version: string): string {
  return isGoItself(name) ? `Go ${releaseName(version)}` : `${name} ${writtenVersion(name, version)}`;
}

function remedyInside({ name, version, path }: FixedPackage): string | undefined {
  const [, directory] = goInstallation.exec(path) ?? [];
  if (directory === undefined) return undefined;
  const fixed = withVersion(name, version);
  return isGoItself(name)
    ? `install ${fixed} in ${directory}`
    : `upgrade Go in ${directory} to a version with ${fixed}`;
}

/** Modules of Go. Case matters in their paths, but package URLs are in lower case. */
export const golang: Ecosystem = {
  type: 'golang',
  namespace: 'go',
  versionScheme: 'go',
  osv: { name: 'Go', downloaded: true },
  purlName: lowerCase,
  ownDatabase: 'GO-',
  compiledIn: true,
  withVersion,
  writtenVersion,
  remedyInside,
  lockFiles: ['**/go.mod', '**/go.sum'],
};
