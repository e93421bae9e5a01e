/** Names of variables that programs keep their own version in, in lower case. */
const variables = new Set([
  ...['version', 'ver', 'appversion', 'buildversion', 'currentversion', 'gitversion', 'gittag', 'releaseversion'],
  ...['semver', 'tag', 'versionstring'],
]);
const versionPattern = /^v?(\d+\.\d+(?:\.\d+)?(?:[-+][0-9A-Za-z.+-]+)?)$/;
/** Flags of real programs have some hundred characters. */
const longestFlags = 64 * 1024;

/**
 * The version that the flags of the linker set in a program: `-X main.version=1.4.2`. A variable of the package `main`
 * comes first, then one of the module's other packages; those of other modules do not count. With `v`, as modules have.
 */
export function versionOfFlags(quotedFlags: string, module: string): string | undefined {
  const flags = quotedFlags.length > longestFlags ? '' : unquoted(quotedFlags);
  let best: { readonly rank: number; readonly version: string } | undefined;
  for (const [name, value] of settings(words(flags))) {
    const dot = name.lastIndexOf('.');
    const [folder, variable] = [name.slice(0, Math.max(dot, 0)), name.slice(dot + 1).toLowerCase()];
    const version = versionPattern.exec(value)?.[1];
    const rank = folder === 'main' ? 0 : folder === module || folder.startsWith(`${module}/`) ? 1 : undefined;
    if (version === undefined || rank === undefined || !variables.has(variable)) continue;
    if (best === undefined || rank < best.rank) best = { rank, version: `v${version}` };
  }
  return best?.version;
}

/** Go quotes values with blanks and quotes, as its own texts. */
function unquoted(text: string): string {
  if (/^`[^]*`$/.test(text)) return text.slice(1, -1);
  if (!/^"[^]*"$/.test(text)) return text;
  return text.slice(1, -1).replace(/\\(.)/gs, '$1');
}

/** The words of a command line, where `'` and `"` quote. */
function words(flags: string): readonly string[] {
  return (flags.match(/(?:'[^']*'|"[^"]*"|[^\s'"])+/g) ?? []).map((word) =>
    word.replace(/'([^']*)'|"([^"]*)"/g, '$1$2'),
  );
}

/** The variables that `-X name=value` sets. */
function* settings(flags: readonly string[]): Generator<readonly [name: string, value: string]> {
  for (const [index, flag] of flags.entries()) {
    const setting = flag === '-X' || flag === '--X' ? flags[index + 1] : /^--?X=(.*)$/s.exec(flag)?.[1];
    const equals = setting?.indexOf('=') ?? -1;
    if (setting !== undefined && equals > 0) yield [setting.slice(0, equals), setting.slice(equals + 1)];
  }
}
