import { ecosystemsNotRead, type EffectiveImage, type UnreadEcosystem } from '@clarion/model';

/** What was recognised in an image and not read, unless a detector of the user's own reads it. */
export function unreadEcosystems(image: EffectiveImage): readonly UnreadEcosystem[] {
  return ecosystemsNotRead(image).map(({ id, files, example, layer }) => ({
    ...{ id, files, example, layer },
    reason: id === 'generic' ? 'no detector looks into programs' : `no detector reads ${id} packages`,
  }));
}

/** One line that says why an image is incomplete for these; false when it is not. */
export function unreadReason(ecosystems: readonly UnreadEcosystem[]): string | false {
  if (ecosystems.length === 0) return false;
  const each = ecosystems.map(({ id, files }) => `${id} (${files} file${files === 1 ? '' : 's'})`);
  return `packages that no detector reads (--allow-uncovered accepts them): ${each.join(', ')}`;
}
