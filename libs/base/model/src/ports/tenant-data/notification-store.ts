import type { AffectedImage, Notification, NotificationKind, NotificationState } from '../../notification';
import type { Page, PageRequest } from '../../page';

/** Notifications, each with its images. */
export interface NotificationStore {
  /** Stores a notification and its pages of images. Storing it again has no effect. */
  putNotification(notification: Notification, pages: AsyncIterable<readonly AffectedImage[]>): Promise<void>;
  notification(id: string): Promise<Notification | undefined>;
  /** Newest first; `after` is an id. */
  notifications(query: { readonly state?: NotificationState }, page: PageRequest): Promise<Page<Notification>>;
  /** Does nothing when it is not there. */
  setNotificationState(id: string, state: NotificationState): Promise<void>;
  /** Images of a notification, of one transition or of all, in the order in which they were stored. */
  affectedImages(
    id: string,
    query: { readonly transition?: NotificationKind },
    page: PageRequest,
  ): Promise<Page<AffectedImage>>;
  /**
   * Deletes notifications with ids below `before`, only those in one of `states` if given, and their images and
   * deliveries.
   */
  forgetNotifications(before: string, states?: readonly NotificationState[]): Promise<void>;
}
