import { createTurns } from '@clarion/deadlines';
import {
  severities,
  type ImageComposition,
  type CompositionCounts,
  type PlacedFeature,
  type CompositionStore,
} from '@clarion/model';
import { dayOf } from '@clarion/store-rules';

import { deleteAttempt, newAttempt } from './attempts';
import type { MongoContext } from './context';
import { compositionsWithPackage, namesOf, type NumberedFeature } from './compositions-with-package';
import { idsBelow, keyPart, recordKey, sequencePart } from './keys';
import { explained, explainedEach } from './mongo-errors';
import { readValue } from './packed-values';
import { pageById } from './pages';
import { chunks, insertValue, putValue } from './writes';

/**
 * Features per document. A query by name reads whole documents, so only a few; a composition has hundreds, so not one
 * each. Neighbours have the same source package: they are mostly read together.
 */
const featuresTogether = 32;
/** JSON length beyond which a feature gets a separate document. */
const largeFeature = 16 * 1024;

/** Compositions, their features by name, and their counts. */
export function compositionStore(context: MongoContext): CompositionStore {
  const compositions = context.collection('compositions');
  return {
    putComposition: (composition, features) => explained(() => putComposition(context, composition, features)),
    composition: (id) =>
      explained(async () => {
        const document = await compositions.findOne({ _id: keyPart(id) });
        if (document === null) return undefined;
        return (await readValue(context, 'compositions', document)) as ImageComposition | undefined;
      }),
    compositionFeatures: (id) => explained(() => compositionFeatures(context, id)),
    putCounts: (id, counts) =>
      explained(async () => {
        const present = severities.filter((severity) => counts === null || counts[severity] > 0);
        await compositions.updateOne({ _id: keyPart(id) }, { $set: { counts, severities: present } });
      }),
    counts: (ids) =>
      explained(async () => {
        const byKey = new Map(ids.map((id) => [keyPart(id), id]));
        const found = new Map<string, CompositionCounts | null>();
        for await (const keys of chunks(byKey.keys(), 1000)) {
          const documents = await compositions.find({ _id: { $in: keys } }, { projection: { counts: 1 } }).toArray();
          for (const { _id, counts } of documents) if (counts !== undefined) found.set(byKey.get(_id) ?? _id, counts);
        }
        return found;
      }),
    compositionsWith: (severity, page) =>
      explained(() =>
        pageById(context, 'compositions', { filter: { severities: severity }, page, read: ({ _id }) => _id }),
      ),
    compositionsWithPackage: (type, name, after) =>
      explainedEach(() => compositionsWithPackage(context, recordKey(type, name), after)),
  };
}

/** The features come first, under the name of this attempt; the composition names the valid attempt. */
async function putComposition(
  context: MongoContext,
  composition: ImageComposition,
  features: readonly PlacedFeature[],
): Promise<void> {
  const id = keyPart(composition.id);
  const stored = dayOf(context.now());
  const known = await context.collection('compositions').findOne({ _id: id }, { projection: { stored: 1 } });
  if (known !== null && known.stored >= stored) return;
  if (known !== null && (await refresh(context, id, stored))) return;
  const attempt = newAttempt(context);
  const puts = [...groupFeatures(features)].map((together, number) =>
    putValue(context, 'features', {
      id: recordKey(composition.id, attempt, sequencePart(number)),
      value: together,
      members: { names: [...new Set(together.flatMap(([, feature]) => namesOf(feature)))] },
    }),
  );
  await Promise.all(puts);
  const members = { attempt, stored };
  const isNew = await insertValue(context, 'compositions', { id, value: composition, members });
  if (!isNew) await deleteAttempt(context, 'compositions', { id, attempt });
}

async function compositionFeatures(context: MongoContext, id: string): Promise<readonly PlacedFeature[] | undefined> {
  const attemptOf = async () =>
    (await context.collection('compositions').findOne({ _id: keyPart(id) }, { projection: { attempt: 1 } }))?.attempt;
  const attempt = await attemptOf();
  if (attempt === undefined) return undefined;
  const numbered: NumberedFeature[] = [];
  const turns = createTurns();
  for await (const document of context.collection('features').find({ _id: idsBelow(id, attempt) })) {
    // The driver returns buffered documents without waiting.
    if (turns.isOver()) await turns.next();
    const together = (await readValue(context, 'features', document)) as readonly NumberedFeature[] | undefined;
    numbered.push(...(together ?? []));
  }
  // If it was pruned in the meantime, they may be incomplete.
  if ((await attemptOf()) !== attempt) return undefined;
  // Sorting them would take long, and the numbers have no gaps.
  const features = new Array<PlacedFeature>(numbered.length);
  for (const [position, feature] of numbered) features[position] = feature;
  return features;
}

/** Keeps it from being pruned before its image is stored. False if it was just pruned. */
async function refresh(context: MongoContext, id: string, stored: number): Promise<boolean> {
  return (await context.collection('compositions').updateOne({ _id: id }, { $set: { stored } })).matchedCount > 0;
}

function* groupFeatures(features: readonly PlacedFeature[]): Generator<readonly NumberedFeature[]> {
  const sourceOf = ([, { type, name, source }]: NumberedFeature) => `${type} ${source?.name ?? name}`;
  const sorted = features
    .map((feature, position): NumberedFeature => [position, feature])
    .sort((a, b) => (sourceOf(a) < sourceOf(b) ? -1 : Number(sourceOf(a) > sourceOf(b))));
  let together: NumberedFeature[] = [];
  for (const feature of sorted) {
    if (JSON.stringify(feature).length > largeFeature) {
      yield [feature];
      continue;
    }
    together.push(feature);
    if (together.length < featuresTogether) continue;
    yield together;
    together = [];
  }
  if (together.length > 0) yield together;
}
