const libraries = ['site-packages', 'dist-packages'];

/**
 * Where metadata is not that of an installed package by its own path; a link from the packages of an environment may
 * install it, as `uv --link-mode=symlink` does.
 */
export const notInstalled: readonly string[] = [
  // Caches of tools.
  '**/.cache/**',
  // Poetry, pre-commit and others keep whole environments in the directory for caches, uv those for builds.
  '!**/.cache/**/lib/python*/site-packages/**',
  '!**/.cache/**/lib/pypy*/site-packages/**',
  '**/.cache/uv/builds-*/**',
  // Packages that conda has unpacked but linked nowhere.
  '**/pkgs/*-*-*/site-packages/**',
  '**/pkgs/*-*-*/lib/python*/site-packages/**',
  // Where uv unpacks what it then links or copies to where it is installed.
  '**/archive-v*/*/*.dist-info/**',
  // Directories of packages: what is below `tests` in one of them belongs to the package around it.
  ...libraries.flatMap((library) => [`**/${library}/**/test/**`, `**/${library}/**/tests/**`]),
  // What pip leaves of a package when it is stopped.
  ...['dist-info', 'egg-info', 'egg'].flatMap((kind) => [`**/~*.${kind}`, `**/~*.${kind}/**`]),
];

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
