import {
  namesOf,
  ClarionError,
  repositoryOf,
  type Digest,
  type ImageChange,
  type ImageQuery,
  type ImageStore,
  type Page,
  type PageRequest,
  type StoredImage,
} from '@clarion/model';
import { changedImage, dayOf, scannedImage, unfinishedStates } from '@clarion/store-rules';
import type { Document } from 'mongodb';

import type { MongoContext } from './context';
import type { ImageDocument } from './documents';
import { keyPart } from './keys';
import { explained, isDuplicateKey } from './mongo-errors';
import { deletePages, packValue, readValue, writePages } from './packed-values';
import { pageById } from './pages';
import { deleteValue, type DocumentMembers, untilSettled, untyped } from './writes';

/** Keeps the indexed members of an image far below a megabyte. */
const mostLayers = 2000;
const mostRepositories = 1000;

/** Images by manifest digest; the submitted ones are found by state, repository, composition and layer too. */
export function imageStore(context: MongoContext): ImageStore {
  return {
    putImage: (image) =>
      explained(async () => {
        await changeImage(context, image.manifestDigest, (known) => scannedImage(known, image));
      }),
    image: (manifestDigest) => explained(async () => (await readImage(context, manifestDigest))?.image),
    changeImage: (manifestDigest, change) => explained(() => changeImage(context, manifestDigest, change)),
    images: (query, page) => explained(() => images(context, query, page)),
    lastWrite: () => Promise.resolve(undefined),
    imageNames: (composition, page) =>
      explained(async () => {
        const { items, ...rest } = await images(context, { by: 'composition', composition }, page);
        return { items: items.map(namesOf), ...rest };
      }),
    forgetImage: (manifestDigest) => explained(() => deleteValue(context, 'images', keyPart(manifestDigest))),
  };
}

async function images(context: MongoContext, query: ImageQuery, page: PageRequest): Promise<Page<StoredImage>> {
  const read = async (document: ImageDocument): Promise<StoredImage | undefined> =>
    (await readValue(context, 'images', document)) as StoredImage | undefined;
  return pageById(context, 'images', { filter: filterOf(query), page, read });
}

async function changeImage(
  context: MongoContext,
  manifestDigest: Digest,
  change: ImageChange,
): Promise<StoredImage | undefined> {
  return untilSettled(`image ${manifestDigest}`, async () => {
    const known = await readImage(context, manifestDigest);
    const next = changedImage(manifestDigest, known?.image, change);
    if (next === undefined) return { result: known?.image };
    return (await writeImage(context, known?.document, next)) ? { result: next } : undefined;
  });
}

async function readImage(
  context: MongoContext,
  manifestDigest: Digest,
): Promise<{ readonly document: ImageDocument; readonly image: StoredImage } | undefined> {
  const document = await context.collection('images').findOne({ _id: keyPart(manifestDigest) });
  if (document === null) return undefined;
  const image = (await readValue(context, 'images', document)) as StoredImage | undefined;
  return image === undefined ? undefined : { document, image };
}

/** Replaces the image that it was computed from; false if there is a newer one by now. */
async function writeImage(
  context: MongoContext,
  known: ImageDocument | undefined,
  image: StoredImage,
): Promise<boolean> {
  const id = keyPart(image.manifestDigest);
  const packed = packValue(image);
  await writePages(context, { collection: 'images', id }, packed);
  const members = { ...membersOf(image), revision: (known?.revision ?? 0) + 1, ...packed.members };
  const written = await replaceRevision(context, known, { _id: id, ...members });
  await deletePages(context, [written ? known : packed.members]);
  return written;
}

async function replaceRevision(
  context: MongoContext,
  known: ImageDocument | undefined,
  document: Document & { _id: string },
): Promise<boolean> {
  const images = untyped(context, 'images');
  if (known !== undefined) {
    const { _id, ...replacement } = document;
    return (await images.replaceOne({ _id, revision: known.revision }, replacement)).matchedCount > 0;
  }
  try {
    await images.insertOne(document);
    return true;
  } catch (error) {
    if (isDuplicateKey(error)) return false;
    throw error;
  }
}

function membersOf(image: StoredImage): Omit<DocumentMembers<'images'>, 'revision'> {
  const { submission, composition } = image;
  const used = dayOf(new Date(image.usedAt));
  const waiting = submission !== undefined && unfinishedStates.includes(submission.state);
  const declared = waiting
    ? image.image.layers.flatMap(({ diffId, digest }) => [diffId ?? [], digest ?? []].flat())
    : [];
  const needed = keysOf([...image.layers, ...declared]);
  if (needed.length > 2 * mostLayers) tooMuch(image, `${mostLayers} layers`);
  const earlier = (image.earlier ?? []).toReversed();
  const before = earlier.flatMap((one) => [...one.layers, ...(one.composition === undefined ? [] : [one.composition])]);
  // Those of the oldest ones may be pruned, where callers claimed many other layers.
  const layers = [...new Set([...needed, ...keysOf(before)])].slice(0, 2 * mostLayers);
  if (submission === undefined) return { used, layers };
  const repositories = keysOf((image.references ?? []).map(repositoryOf));
  if (repositories.length > mostRepositories) tooMuch(image, `${mostRepositories} repositories`);
  return {
    used,
    layers,
    submitted: true,
    state: submission.state,
    repositories,
    submittedLayers: keysOf(image.layers),
    ...(composition === undefined ? {} : { composition: keyPart(composition) }),
  };
}

function keysOf(names: readonly string[]): readonly string[] {
  return [...new Set(names.map(keyPart))];
}

function tooMuch(image: StoredImage, most: string): never {
  throw new ClarionError('limit-exceeded', `image ${image.manifestDigest} has more than ${most}`);
}

function filterOf(query: ImageQuery): Document {
  switch (query.by) {
    case 'all':
      return { submitted: true };
    case 'state':
      return { state: query.state };
    case 'repository':
      return { repositories: keyPart(query.repository) };
    case 'composition':
      return { composition: keyPart(query.composition) };
    case 'layer':
      return { submittedLayers: keyPart(query.layer) };
  }
}
