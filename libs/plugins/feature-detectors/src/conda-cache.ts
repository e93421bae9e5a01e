const cached = /(?:^|\/)pkgs\/[^/]+-\d[^/-]*-[^/-]+\/lib\//;

/** The same as globs. */
export const condaCache: readonly string[] = Array.from({ length: 10 }, (_, digit) => `**/pkgs/*-${digit}*-*/lib/**`);

/**
 * Whether a file is in a package that conda has unpacked (`opt/conda/pkgs/nodejs-18.16.0-h1990674_1/lib/…`). What it
 * installs from there are hard links in the environment, which count.
 */
export function isInCondaCache(path: string): boolean {
  return cached.test(path);
}
