import type { NotificationEndpoint } from '../../notification';

/** Webhook receivers. */
export interface EndpointStore {
  putEndpoint(endpoint: NotificationEndpoint): Promise<void>;
  endpoint(id: string): Promise<NotificationEndpoint | undefined>;
  endpoints(): Promise<readonly NotificationEndpoint[]>;
  /** Also deletes its deliveries. False when it did not exist. */
  removeEndpoint(id: string): Promise<boolean>;
}
