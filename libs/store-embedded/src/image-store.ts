import { isDeepStrictEqual } from 'node:util';

import type { ImageStore, StoredImage } from '@clarion/model';

import { type Environment, read, settle, write } from './environment';
import { recordKey } from './keys';
import { dayOf } from './layer-store';

/** Images by manifest digest. */
export function imageStore(env: Environment): ImageStore {
  const { db } = env;
  return {
    putImage: (image) =>
      settle(() => {
        const key = recordKey('image', image.manifestDigest);
        const known = read(env, (transaction) => db.get(key, { transaction }) as StoredImage | undefined);
        // A scan of a known image writes nothing but, once a day, that it was used.
        if (known !== undefined && isUnchanged(known, image)) return;
        write(env, () => {
          db.putSync(key, image);
        });
      }),
    image: (manifestDigest) =>
      settle(() =>
        read(
          env,
          (transaction) => db.get(recordKey('image', manifestDigest), { transaction }) as StoredImage | undefined,
        ),
      ),
  };
}

function isUnchanged(known: StoredImage, image: StoredImage): boolean {
  const sameDay = dayOf(new Date(known.usedAt)) === dayOf(new Date(image.usedAt));
  return sameDay && isDeepStrictEqual({ ...known, usedAt: '' }, { ...image, usedAt: '' });
}
