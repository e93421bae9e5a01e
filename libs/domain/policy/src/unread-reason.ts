import { describeDetectorsOff, sortedTexts, type UnreadEcosystem } from '@clarion/model';

/** One line that says why an image is incomplete for these; false when it is not. */
export function unreadReason(ecosystems: readonly UnreadEcosystem[]): string | false {
  if (ecosystems.length === 0) return false;
  const each = ecosystems.map(({ id, files }) => `${id} (${files} file${files === 1 ? '' : 's'})`);
  const off = sortedTexts(ecosystems.flatMap(({ detectorsOff = [] }) => detectorsOff));
  const remedies = ['--allow-unread accepts them', ...(off.length === 0 ? [] : [describeDetectorsOff(off)])];
  return `packages that no detector reads (${remedies.join('; ')}): ${each.join(', ')}`;
}
