import type { Ecosystem, FixedPackage } from '../ecosystem';
import { lowerCase } from '../lower-case';

/** The directory of a runtime in an installation of .NET: `usr/share/dotnet/shared/Microsoft.NETCore.App/8.0.1`. */
const runtime = /^(?:(.*)\/)?shared\/(Microsoft\.(NETCore|AspNetCore)\.App)\/[^/]+\/[^/]+$/;

function remedyInside({ name, version, path }: FixedPackage): string | undefined {
  const [, directory = '/', whole, product] = runtime.exec(path) ?? [];
  if (whole === undefined) return undefined;
  const title = product === 'NETCore' ? '.NET' : 'ASP.NET Core';
  return name === whole || name.startsWith(`${whole}.Runtime.`)
    ? `install ${title} ${version} in ${directory}`
    : `upgrade ${title} in ${directory} to a version with ${name} ${version}`;
}

/** Packages of .NET. */
export const nuget: Ecosystem = {
  type: 'nuget',
  namespace: 'nuget',
  versionScheme: 'nuget',
  osv: { name: 'NuGet', downloaded: true },
  otherNames: ['dotnet'],
  normalise: lowerCase,
  remedyInside,
  // Letters of any script.
  names: /^(?!\s)[^\p{C}]+(?<!\s)$/u,
  readBy: [{ detector: 'dotnet', signs: ['**/*.deps.json'] }],
  signs: ['**/*.nupkg'],
  lockFiles: ['**/packages.lock.json', '**/packages.config'],
  manifests: ['**/*.csproj', '**/*.fsproj', '**/*.vbproj', '**/Directory.Packages.props'],
  rootManifests: ['Directory.Packages.props'],
};
