import { indexedNames, indexedPackageType } from '@clarion/ecosystems';
import { isOwnName, type IndexedPackageType, type PlacedFeature } from '@clarion/model';

/** Members of a feature in the order of a row; source packages are two columns. Append new members at the end. */
const columns = {
  version: 0,
  path: 1,
  layer: 2,
  namespace: 3,
  name: 4,
  architecture: 5,
  source: 6,
  repository: 8,
  module: 9,
  vendor: 10,
  license: 11,
  type: 12,
  within: 13,
  confidence: 14,
  owner: 15,
  linkedFunctions: 16,
  publisher: 17,
} as const satisfies Record<keyof PlacedFeature, number>;

/** Texts by column; absent ones at the end are omitted. */
export type FeatureRow = readonly (string | null)[];
type TextColumn = Exclude<keyof typeof columns, 'source' | 'confidence'>;

const optional = [
  'architecture',
  'repository',
  'module',
  'vendor',
  'license',
  'within',
  'owner',
  'linkedFunctions',
  'publisher',
] as const satisfies readonly TextColumn[];

/**
 * A feature without the values in its key: a composition has several hundred features, each indexed by two names. The
 * name is omitted where the key contains it, and the type is stored only where features of many types are found
 * together.
 */
export function featureRow(feature: PlacedFeature, keyName?: string): FeatureRow {
  const row: (string | null)[] = [];
  const set = (column: number, text: string | null | undefined) => {
    row[column] = text ?? null;
  };
  for (const column of ['version', 'path', 'layer', 'namespace', ...optional] as const) {
    set(columns[column], feature[column]);
  }
  set(columns.name, feature.name === keyName ? null : feature.name);
  set(columns.source, feature.source?.name);
  set(columns.source + 1, feature.source?.version);
  set(columns.confidence, feature.confidence);
  set(columns.type, isOwnName(feature.type) ? feature.type : null);
  while (row.at(-1) === null) row.pop();
  return row;
}

/** The feature of a row under a key of this type and name. */
export function featureOf(row: FeatureRow, { type, name }: Omit<NamedFeatures, 'features'>): PlacedFeature {
  const text = (column: number) => row[column] ?? undefined;
  const feature: { -readonly [K in keyof PlacedFeature]: PlacedFeature[K] } = {
    type: typeOf(type, text(columns.type)),
    name: text(columns.name) ?? name,
    version: text(columns.version) ?? '',
    path: text(columns.path) ?? '',
    namespace: text(columns.namespace) ?? null,
    layer: text(columns.layer) ?? '',
  };
  const source = text(columns.source);
  if (source !== undefined) feature.source = { name: source, version: text(columns.source + 1) ?? '' };
  if (text(columns.confidence) === 'inferred') feature.confidence = 'inferred';
  for (const column of optional) {
    const value = text(columns[column]);
    if (value !== undefined) feature[column] = value;
  }
  return feature;
}

const unknownType = 'x-unknown';

/** Rows of custom types contain the type; if a key only shows that the type is custom, every row contains it. */
function typeOf(type: IndexedPackageType, own = ''): PlacedFeature['type'] {
  if (isOwnName(own)) return own;
  return type === indexedPackageType(unknownType) ? unknownType : type;
}

/** Features by each name in the index: their own and that of their source package. */
export function byName(features: readonly PlacedFeature[]): readonly NamedFeatures[] {
  const found = new Map<string, { type: IndexedPackageType; name: string; features: PlacedFeature[] }>();
  for (const feature of features) {
    const { type, names } = indexedNames(feature);
    for (const name of names) {
      const key = `${type}\t${name}`;
      const known = found.get(key);
      if (known === undefined) found.set(key, { type, name, features: [feature] });
      else known.features.push(feature);
    }
  }
  return [...found.values()];
}

/** Features of one type that are found by one name. */
export interface NamedFeatures {
  readonly type: IndexedPackageType;
  readonly name: string;
  readonly features: readonly PlacedFeature[];
}
