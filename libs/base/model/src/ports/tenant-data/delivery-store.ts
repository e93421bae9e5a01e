import type { NotificationDelivery, DeliveryState } from '../../notification';
import type { Page, PageRequest } from '../../page';

/** Deliveries of notifications to endpoints. */
export interface DeliveryStore {
  /** Stores new deliveries; existing ones stay unchanged. Deliveries to unknown endpoints are not stored. */
  addDeliveries(deliveries: readonly NotificationDelivery[]): Promise<void>;
  /**
   * Claims up to `limit` pending deliveries of an endpoint that are due at `now` and not claimed, until `until` (RFC
   * 3339), oldest due first. No two callers get the same one.
   */
  claimDeliveries(
    endpoint: string,
    options: { readonly now: string; readonly until: string; readonly limit: number },
  ): Promise<readonly NotificationDelivery[]>;
  /**
   * Replaces a delivery, and so ends its claim. Does nothing when it does not exist: its endpoint may have been
   * removed.
   */
  putDelivery(delivery: NotificationDelivery): Promise<void>;
  /**
   * Deliveries of a notification by endpoint; of an endpoint from the oldest on, created `since` (inclusive), then by
   * notification.
   */
  deliveries(
    query:
      | { readonly notification: string }
      | { readonly endpoint: string; readonly state?: DeliveryState; readonly since?: string },
    page: PageRequest,
  ): Promise<Page<NotificationDelivery>>;
  /**
   * The earliest time at which any delivery can be claimed: when it is due, or when its claim ends, if that is later.
   */
  nextDelivery(): Promise<string | undefined>;
}
