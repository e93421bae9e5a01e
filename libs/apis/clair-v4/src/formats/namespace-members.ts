import { distributionOf, releaseOf } from '@clarion/distributions';
import { ecosystemOfNamespace } from '@clarion/ecosystems';
import { isOwnName, namespaceFamily } from '@clarion/model';
import type { ClairDistribution, ClairRepository } from './clair-report';
import { stableId } from './stable-id';

/** A namespace as Clair describes it: a distribution, or a repository of packages of a language. */
export type NamespaceMember = { readonly distribution: ClairDistribution } | { readonly repository: ClairRepository };

/** The repositories of languages whose names clients of Clair know, by the type of packages. */
const knownRepositories: Readonly<Record<string, Pick<ClairRepository, 'name' | 'uri'>>> = {
  gem: { name: 'rubygems', uri: 'https://rubygems.org/gems/' },
  golang: { name: 'go', uri: 'https://pkg.go.dev/' },
  maven: { name: 'maven', uri: 'https://repo1.maven.apache.org/maven2' },
  npm: { name: 'npm', uri: 'https://www.npmjs.com/' },
  pypi: { name: 'pypi', uri: 'https://pypi.org/simple' },
};

/** The same namespace always gives the same member, with the same id. */
export function memberOf(namespace: string): NamespaceMember {
  const ecosystem = ecosystemOfNamespace(namespace);
  if (ecosystem === undefined && !isOwnName(namespace)) return { distribution: distributionMember(namespace) };
  const known = knownRepositories[ecosystem?.type ?? ''] ?? { name: namespace };
  return { repository: { id: stableId('repository', namespace), ...known, cpe: '' } };
}

function distributionMember(namespace: string): ClairDistribution {
  const row = distributionOf(namespace);
  const family = namespaceFamily(namespace);
  const release = releaseOf(namespace).replace(/^v(?=\d)/, '');
  const codename = Object.entries(row?.codenames ?? {}).find(([, number]) => number === release)?.[0] ?? '';
  const name = row?.title ?? family;
  const version = codename === '' ? release : `${release} (${codename})`;
  return {
    id: stableId('distribution', namespace),
    did: row?.recognised[0]?.ids[0] ?? family,
    name,
    version,
    version_code_name: codename,
    version_id: release,
    arch: '',
    cpe: '',
    pretty_name: `${name} ${version}`.trim(),
  };
}
