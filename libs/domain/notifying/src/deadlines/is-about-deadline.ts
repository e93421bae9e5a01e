import { deadlineKinds, type Notification } from '@clarion/model';

/** Whether a notification is about a deadline. */
export function isAboutDeadline({ counts }: Pick<Notification, 'counts'>): boolean {
  return deadlineKinds.some((kind) => counts[kind] !== undefined);
}
