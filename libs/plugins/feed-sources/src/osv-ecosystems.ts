import { type Ecosystem, ecosystemOfNamespace, ecosystems } from '@clarion/ecosystems';
import { sortedTexts } from '@clarion/model';
import type { NamespaceRules } from './osv-record';

function rulesOf({ namespace, normalise, versionScheme }: Ecosystem): NamespaceRules | undefined {
  if (namespace === undefined || versionScheme === undefined) return undefined;
  return { namespace, nameKind: 'binary', scheme: versionScheme, ...(normalise === undefined ? {} : { normalise }) };
}

/** Ecosystems of languages by their OSV name and by their namespace. */
const rulesByName: ReadonlyMap<string, NamespaceRules> = new Map(
  ecosystems.flatMap((row) => {
    const rules = rulesOf(row);
    return rules === undefined ? [] : [row.osv?.name ?? rules.namespace, rules.namespace].map((id) => [id, rules]);
  }),
);

/** OSV names of the ecosystems whose exports the feed `osv` downloads. */
export const downloadedEcosystems: readonly string[] = sortedTexts(
  ecosystems.flatMap(({ osv }) => (osv?.downloaded === true ? [osv.name] : [])),
);

/** The namespace and version scheme of a language's ecosystem, by its OSV name or namespace; undefined for any other. */
export function languageRules(ecosystem: string): NamespaceRules | undefined {
  return rulesByName.get(ecosystem);
}

/** Whether a namespace is that of a language about which no feed of Clarion has advisories. */
export function isWithoutFeed(namespace: string): boolean {
  const row = ecosystemOfNamespace(namespace);
  return row?.versionScheme !== undefined && row.osv?.downloaded !== true;
}
