import { timeOrderedId } from '@clarion/model';
import { openScratchFile } from '@clarion/feed-upstreams';
import type { ChangeRecording } from '@clarion/feed-updating';
import type { CommandContext } from './command-context';

/**
 * How changes of facts are recorded for the process that serves from the same directory. Undefined where no process
 * serves from it, now or later: no image was ever submitted there, and comparing old and new facts has a cost.
 */
export async function changeRecording({
  store,
  directory,
}: Pick<CommandContext, 'store' | 'directory'>): Promise<ChangeRecording | undefined> {
  const { items } = await store.images({ by: 'all' }, { limit: 1 });
  if (items.length === 0) return undefined;
  return { openScratch: () => openScratchFile(directory), newId: () => timeOrderedId(new Date()) };
}
