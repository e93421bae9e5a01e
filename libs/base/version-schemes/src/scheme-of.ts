import { distributions } from '@clarion/distributions';
import { ecosystemOf, ecosystems } from '@clarion/ecosystems';
import { namespaceFamily } from '@clarion/model';

const schemeByUser = new Map<string, string>([
  ...ecosystems.flatMap(({ type, purlType = type, namespace = purlType, versionScheme }) =>
    versionScheme === undefined ? [] : [purlType, namespace].map((name) => [name, versionScheme] as const),
  ),
  ...distributions.flatMap(({ family, packageType }) => {
    const versionScheme = ecosystemOf(packageType)?.versionScheme;
    return versionScheme === undefined ? [] : [[family, versionScheme] as const];
  }),
]);

/** Id of the scheme for a namespace (`debian:12`, `wolfi`) or the type of a package URL (`deb`, `npm`). */
export function schemeOf(namespaceOrPurlType: string): string | undefined {
  return schemeByUser.get(namespaceFamily(namespaceOrPurlType));
}
