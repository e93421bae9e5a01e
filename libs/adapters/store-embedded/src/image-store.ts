import { isDeepStrictEqual } from 'node:util';

import type { ImageStore, StoredImage } from '@clarion/model';

import { type Environment, read, settle, write } from './environment';
import { imageOf, writeImage } from './image-records';
import { dayOf } from './layer-store';
import { settleWrite } from './long-commits';

/** Images by manifest digest. */
export function imageStore(env: Environment): ImageStore {
  return {
    putImage: (image) =>
      settleWrite(env, () => {
        const known = read(env, (transaction) => imageOf(env, image.manifestDigest, { transaction }));
        // A scan of a known image writes nothing but, once a day, that it was used.
        if (known !== undefined && isUnchanged(known, merged(known, image))) return;
        write(env, () => {
          const current = imageOf(env, image.manifestDigest);
          writeImage(env, current, merged(current, image));
        });
      }),
    image: (manifestDigest) => settle(() => read(env, (transaction) => imageOf(env, manifestDigest, { transaction }))),
  };
}

/** Of an image that was submitted, a scan on the command line only tells that it was used. */
function merged(known: StoredImage | undefined, image: StoredImage): StoredImage {
  if (known?.submission === undefined || image.submission !== undefined) return image;
  return Date.parse(known.usedAt) < Date.parse(image.usedAt) ? { ...known, usedAt: image.usedAt } : known;
}

function isUnchanged(known: StoredImage, image: StoredImage): boolean {
  const sameDay = dayOf(new Date(known.usedAt)) === dayOf(new Date(image.usedAt));
  return sameDay && isDeepStrictEqual({ ...known, usedAt: '' }, { ...image, usedAt: '' });
}
