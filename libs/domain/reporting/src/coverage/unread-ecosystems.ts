import { ecosystemsNotRead, type EffectiveImage, type UnreadEcosystem } from '@clarion/model';

/** What was recognised in an image and not read, unless a detector of the user's own reads it. */
export function unreadEcosystems(image: EffectiveImage): readonly UnreadEcosystem[] {
  return ecosystemsNotRead(image).map(({ id, files, example, layer }) => ({
    ...{ id, files, example, layer },
    reason: id === 'generic' ? 'no detector recognises these programs' : `no detector reads ${id} packages`,
  }));
}

