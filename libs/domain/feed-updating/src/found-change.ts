import type { LoggedChange } from '@clarion/model';

/** A change of stored facts as it is found; the update that it belongs to is added when it is recorded. */
export type FoundChange<Change extends LoggedChange = LoggedChange> = Change extends LoggedChange
  ? Omit<Change, 'update'>
  : never;

/** Records changes as part of an update. */
export type RecordChange = (change: FoundChange) => Promise<void>;
