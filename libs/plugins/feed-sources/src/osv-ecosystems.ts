import { type Ecosystem, ecosystems } from '@clarion/ecosystems';
import { sortedTexts } from '@clarion/model';
import type { OsvPlace } from './osv-record';

function placeOf({ namespace, normalise, versionScheme }: Ecosystem): OsvPlace | undefined {
  if (namespace === undefined || versionScheme === undefined) return undefined;
  return { namespace, nameKind: 'binary', scheme: versionScheme, ...(normalise === undefined ? {} : { normalise }) };
}

/** Ecosystems of languages by their OSV name and by their namespace. */
const places: ReadonlyMap<string, OsvPlace> = new Map(
  ecosystems.flatMap((row) => {
    const place = placeOf(row);
    return place === undefined ? [] : [row.osv?.name ?? place.namespace, place.namespace].map((id) => [id, place]);
  }),
);

/** OSV names of the ecosystems whose exports the feed `osv` downloads. */
export const downloadedEcosystems: readonly string[] = sortedTexts(
  ecosystems.flatMap(({ osv }) => (osv?.downloaded === true ? [osv.name] : [])),
);

/** The namespace and version scheme of a language's ecosystem, by its OSV name or namespace; undefined for any other. */
export function languagePlace(ecosystem: string): OsvPlace | undefined {
  return places.get(ecosystem);
}
