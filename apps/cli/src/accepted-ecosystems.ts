import { ecosystemNamed } from '@clarion/ecosystems';
import { ecosystemIds } from '@clarion/layer-indexing';
import { ClarionError, nearestWord } from '@clarion/model';

/** Ecosystems that the user accepts as not scanned. Throws `invalid-input` for one that is never reported. */
export function acceptedEcosystems({ allowUnread = '' }: { readonly allowUnread?: string }): readonly string[] {
  const ids = allowUnread.split(',').map((id) => id.trim());
  const unknown = ids.find((id) => id !== '' && !ecosystemIds.includes(id));
  if (unknown === undefined) return ids;
  const meant = [ecosystemNamed(unknown)?.type, nearestWord(unknown, ecosystemIds)].find(
    (id) => id !== undefined && ecosystemIds.includes(id),
  );
  throw new ClarionError('invalid-input', `"${unknown}" is not an ecosystem that can be left unread`, {
    remedy: `${meant === undefined ? '' : `did you mean ${meant}? `}known: ${ecosystemIds.join(', ')}`,
  });
}
