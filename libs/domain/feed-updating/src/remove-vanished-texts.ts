import { feedName } from '@clarion/model';
import { recordOf } from './change-noter';
import type { OpenUpdate, UpdatedFacts } from './open-update';
import { type AcceptanceHint, acceptedByCommand, textShrinkage } from './shrinkage';
import type { UpdateFailure } from './update-failure';
import { isWhole, type UpdateRun } from './update-run';
import { removeTexts } from './write-descriptions';

interface RemovalOptions {
  readonly store: UpdatedFacts;
  /** As `UpdateDependencies`. */
  readonly force?: boolean;
  readonly acceptance?: AcceptanceHint;
}

/**
 * Removes vulnerability records that a feed no longer lists, once its documents have been read; unless the loss is
 * implausibly large. Where they come with advisories, the loss of those was already checked.
 */
export async function removeVanishedTexts(
  run: UpdateRun,
  { store, force = false, acceptance = acceptedByCommand }: RemovalOptions,
  { writer, notes }: OpenUpdate,
): Promise<UpdateFailure | undefined> {
  const { source, last, textIds } = run;
  if (textIds === undefined || last?.lastSuccess === undefined) return undefined;
  if (!isWhole(run)) {
    const unlisted = source.textsByRecord === true ? await unlistedRecords(run, textIds, { store, notes }) : [];
    run.removedTexts = await removeTexts({ store, writer, notes }, source.id, unlisted);
    return undefined;
  }
  const stored = [...(await run.storedTexts.ids())];
  const vanished = stored.filter((id) => !textIds.has(id));
  const isChecked = force || source.textsByRecord === true;
  const message = isChecked ? undefined : textShrinkage(stored.length, vanished.length);
  if (message !== undefined) {
    const name = feedName(source);
    return { result: 'held', message: `${name} ${message}; ${acceptance(name)}` };
  }
  run.removedTexts = await removeTexts({ store, writer, notes }, source.id, vanished);
  return undefined;
}

/** Ids of the feed's records that documents of this run no longer list, and the others do not list either. */
async function unlistedRecords(
  { source, documents, notices }: UpdateRun,
  textIds: ReadonlySet<string>,
  { store, notes }: Pick<RemovalOptions, 'store'> & Pick<OpenUpdate, 'notes'>,
): Promise<readonly string[]> {
  const unlisted = new Set([...(notes?.formerRecords ?? [])].filter((id) => !textIds.has(id)));
  for (const name of documents.keys()) {
    if (unlisted.size === 0) break;
    if (notices.get(name)?.result === 'applied') continue;
    for await (const { advisories } of store.groups(source.id, name)) {
      for (const advisory of advisories) unlisted.delete(recordOf(advisory));
    }
  }
  return [...unlisted];
}
