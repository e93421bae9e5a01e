import type { Endpoint } from '../../notification';

/** Webhook receivers. */
export interface EndpointStore {
  putEndpoint(endpoint: Endpoint): Promise<void>;
  endpoint(id: string): Promise<Endpoint | undefined>;
  endpoints(): Promise<readonly Endpoint[]>;
  /** Also forgets its deliveries. False when it was not there. */
  removeEndpoint(id: string): Promise<boolean>;
}
