import { createTurns } from '@clarion/deadlines';
import { indexedNames } from '@clarion/ecosystems';
import { type ImageComposition, type CompositionWithPackage, type PlacedFeature, storedLength } from '@clarion/model';

import type { MongoContext } from './context';
import type { CompositionDocument, FeaturesDocument } from './documents';
import { idsUnder, keyPart, recordKey } from './keys';
import { explainedEach } from './mongo-errors';
import { readValue } from './packed-values';

/** A feature with its position in the composition. */
export type NumberedFeature = readonly [position: number, feature: PlacedFeature];

/**
 * Features of one composition that are returned together, and characters of their texts: a hostile package has
 * thousands.
 */
const featuresOfPiece = 1000;
const charactersOfPiece = 256 * 1024;
/** Documents of one composition in memory while others are searched: some thousand features. */
const documentsOfPiece = 32;
/** Number of compositions whose first documents are read together. */
const compositionsTogether = 200;

/** The names that a feature is found by, as keys. */
export function namesOf(feature: PlacedFeature): readonly string[] {
  const { type, names } = indexedNames(feature);
  return names.map((name) => recordKey(type, name));
}

/** `CatalogueStore.compositionsWithPackage` of the key of a type and name. */
export async function* compositionsWithPackage(
  context: MongoContext,
  name: string,
  after?: string,
): AsyncGenerator<CompositionWithPackage> {
  // Everything below `after` begins with it and a tab.
  let from = after === undefined ? undefined : `${keyPart(after)}\n`;
  do {
    const { gathered, next } = await gather(context, name, from);
    yield* declaredCompositions(context, name, gathered);
    from = next;
  } while (from !== undefined);
}

/** The first documents of a composition that hold a name. */
interface Gathered {
  readonly composition: string;
  readonly documents: FeaturesDocument[];
  /** Whether there are others. */
  more: boolean;
}

/** The next compositions, and where to continue: after the last one with all of its documents. */
async function gather(
  context: MongoContext,
  name: string,
  from: string | undefined,
): Promise<{ readonly gathered: readonly Gathered[]; readonly next: string | undefined }> {
  const found = context
    .collection('features')
    .find({ names: name, ...(from === undefined ? {} : { _id: { $gt: from } }) })
    .sort({ _id: 1 });
  const gathered: Gathered[] = [];
  for await (const document of found) {
    const composition = document._id.slice(0, document._id.indexOf('\t'));
    const last = gathered.at(-1);
    if (last?.composition === composition && last.documents.length < documentsOfPiece) {
      last.documents.push(document);
      continue;
    }
    if (last?.composition === composition) last.more = true;
    if (last !== undefined && (last.more || gathered.length === compositionsTogether)) {
      return { gathered, next: `${last.composition}\n` };
    }
    gathered.push({ composition, documents: [document], more: false });
  }
  return { gathered, next: undefined };
}

/** Abandoned and unfinished attempts to put a composition are ignored. */
async function* declaredCompositions(
  context: MongoContext,
  name: string,
  gathered: readonly Gathered[],
): AsyncGenerator<CompositionWithPackage> {
  const ids = gathered.map(({ composition }) => composition);
  const found = await context
    .collection('compositions')
    .find({ _id: { $in: ids } })
    .toArray();
  const declared = new Map(found.map((document) => [document._id, document]));
  for (const one of gathered) {
    const document = declared.get(one.composition);
    if (document === undefined) continue;
    const composition = (await readValue(context, 'compositions', document)) as ImageComposition | undefined;
    const documents = await ownDocuments(context, name, { ...one, attempt: document.attempt });
    if (composition === undefined || documents === undefined) continue;
    yield { composition, pieces: () => explainedEach(() => piecesOf(context, name, documents())) };
  }
}

type Documents = () => Iterable<FeaturesDocument> | AsyncIterable<FeaturesDocument>;

/** Those of the valid attempt; undefined if there are none. */
async function ownDocuments(
  context: MongoContext,
  name: string,
  { composition, documents, more, attempt }: Gathered & Pick<CompositionDocument, 'attempt'>,
): Promise<Documents | undefined> {
  const own = documents.filter(({ _id }) => _id.split('\t')[1] === attempt);
  if (!more) return own.length === 0 ? undefined : () => own;
  const features = context.collection('features');
  const filter = { names: name, _id: idsUnder(`${composition}\t${attempt}`) };
  const hasPackage = own.length > 0 || (await features.findOne(filter, { projection: { _id: 1 } })) !== null;
  return hasPackage ? () => features.find(filter).sort({ _id: 1 }) : undefined;
}

async function* piecesOf(
  context: MongoContext,
  name: string,
  documents: ReturnType<Documents>,
): AsyncGenerator<readonly PlacedFeature[]> {
  const turns = createTurns();
  let numbered: NumberedFeature[] = [];
  let characters = 0;
  for await (const document of documents) {
    // The driver returns buffered documents without waiting.
    if (turns.isOver()) await turns.next();
    const together = (await readValue(context, 'features', document)) as readonly NumberedFeature[] | undefined;
    for (const one of together ?? []) {
      if (!namesOf(one[1]).includes(name)) continue;
      numbered.push(one);
      characters += storedLength(one[1]);
    }
    if (numbered.length < featuresOfPiece && characters < charactersOfPiece) continue;
    yield inOrder(numbered);
    [numbered, characters] = [[], 0];
  }
  if (numbered.length > 0) yield inOrder(numbered);
}

function inOrder(numbered: NumberedFeature[]): readonly PlacedFeature[] {
  return numbered.sort(([a], [b]) => a - b).map(([, feature]) => feature);
}
