import { isObject, type JsonObject } from '@clarion/model';

/** A package by name and version. */
export interface NamedPackage {
  readonly name: string;
  readonly version: string;
}

const directory = /(?:^|\/)shared\/([A-Za-z][\w.]{0,100})\/(\d+)(\.[0-9A-Za-z.-]{1,100})\/\1\.deps\.json$/;
/** `linux-musl-x64` of `.NETCoreApp,Version=v3.1/linux-musl-x64`. */
const platformOfTarget = /\/([a-z][0-9a-z.-]{1,60})$/;

/**
 * The package of the runtime in a directory such as `shared/Microsoft.NETCore.App/3.1.23`: its name is the version, as
 * `dotnet --list-runtimes` shows it. Since .NET Core 3.0 each platform has a package of its own.
 */
export function runtimeOfDirectory(path: string, { runtimeTarget }: JsonObject): NamedPackage | undefined {
  const [, name = '', major = '', rest = ''] = directory.exec(path) ?? [];
  if (name === '') return undefined;
  const target = isObject(runtimeTarget) ? runtimeTarget['name'] : runtimeTarget;
  const platform = typeof target === 'string' ? platformOfTarget.exec(target)?.[1] : undefined;
  const isOfPlatform = Number(major) >= 3 && platform !== undefined;
  return { name: isOfPlatform ? `${name}.Runtime.${platform}` : name, version: major + rest };
}

const part = /^runtime\.[0-9a-z.-]{1,60}\.(Microsoft\.NETCore\.App)$/i;

/**
 * The runtimes that a file shows by their parts only. Up to .NET Core 3.1, the file of a runtime names what it was built
 * from, in versions of builds (`runtime.linux-x64.Microsoft.NETCore.App` 3.1.23-servicing.22122.4), and a
 * self-contained application the files for its platform. Advisories are about the whole.
 */
export function wholeRuntimes(
  listed: readonly NamedPackage[],
  ofDirectory: NamedPackage | undefined,
): readonly NamedPackage[] {
  if (ofDirectory !== undefined) {
    const [start = ''] = ofDirectory.name.split('.Runtime.');
    const packs = `${start}.Runtime.`;
    // Advisories are not about the package of the composite runtime either.
    const isWhole = ({ name }: NamedPackage): boolean =>
      name === start || (name.startsWith(packs) && !name.startsWith('Composite.', packs.length));
    return listed.some(isWhole) ? [] : [ofDirectory];
  }
  return listed.flatMap(({ name, version }) => {
    const whole = part.exec(name)?.[1];
    return whole === undefined || listed.some((other) => other.name === whole) ? [] : [{ name: whole, version }];
  });
}
