/** Directories of packages: what is below `tests` in one of them belongs to the package around it. */
const fixture = /\/(?:site|dist)-packages\/(?:.*\/)?tests?\//;
/** Caches of tools, and packages that conda has unpacked but linked nowhere. */
const cache = /(?:^|\/)(?:\.cache\/|pkgs\/[^/]+-[^/]+-[^/]+\/(?:lib\/python[^/]*\/)?site-packages\/)/;
/** Poetry, pre-commit and others keep whole environments in the directory for caches, uv those for builds. */
const environment = /(?:^|\/)\.cache\/(?!uv\/builds-)(?:.*\/)?lib\/(?:python|pypy)[^/]*\/site-packages\//;
/** Where uv unpacks what it then links or copies to where it is installed. */
const unpacked = /(?:^|\/)archive-v\d+\/[^/]+\/[^/]+\.dist-info\//;
/** What pip leaves of a package when it is stopped. */
const leftover = /(?:^|\/)~[^/]*\.(?:(?:dist|egg)-info|egg)(?:\/|$)/;

/** Whether metadata at a path is that of an installed package. */
export function isInstalled(path: string): boolean {
  const isCached = (cache.test(path) && !environment.test(path)) || unpacked.test(path);
  return !leftover.test(path) && !isCached && !fixture.test(path);
}

const described = /(?:^|\/)([^/]+?)\.(?:dist-info|egg-info|egg)(?:\/(?:EGG-INFO\/)?[^/]+)?$/;
const nameAndVersion = /^([^-]+(?:-[^-\d][^-]*)*)-([^-]+)(?:-py[\d.]+)?$/;

const longestName = 500;

/** Name and version in the name of the metadata's directory: `Mako-1.1.3-py3.11.egg`, `flask-3.0.dist-info`. */
export function nameInPath(path: string): { readonly name: string; readonly version: string } | undefined {
  const [, text = ''] = described.exec(path) ?? [];
  if (text.length > longestName) return undefined;
  const [, name, version] = nameAndVersion.exec(text) ?? [];
  return name === undefined || version === undefined ? undefined : { name, version };
}
