import type { Ecosystem } from '../ecosystem';
import { lowerCase } from '../lower-case';

/** Packages of .NET. */
export const nuget: Ecosystem = {
  type: 'nuget',
  namespace: 'nuget',
  versionScheme: 'nuget',
  osv: { name: 'NuGet', downloaded: true },
  otherNames: ['dotnet'],
  normalise: lowerCase,
  // Letters of any script.
  names: /^(?!\s)[^\p{C}]+(?<!\s)$/u,
  readBy: [{ detector: 'dotnet', signs: ['**/*.deps.json'] }],
  signs: ['**/*.nupkg'],
  lockFiles: ['**/packages.lock.json', '**/packages.config'],
  manifests: ['**/*.csproj', '**/*.fsproj', '**/*.vbproj', '**/Directory.Packages.props'],
};
