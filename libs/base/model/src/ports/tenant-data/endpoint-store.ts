import type { Endpoint } from '../../notification';

/** Webhook receivers. */
export interface EndpointStore {
  putEndpoint(endpoint: Endpoint): Promise<void>;
  endpoint(id: string): Promise<Endpoint | undefined>;
  endpoints(): Promise<readonly Endpoint[]>;
  /** Also deletes its deliveries. False when it did not exist. */
  removeEndpoint(id: string): Promise<boolean>;
}
