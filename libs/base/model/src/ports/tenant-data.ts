import type { CompositionStore } from './tenant-data/composition-store';
import type { DeadLetterStore } from './tenant-data/dead-letter-store';
import type { DeliveryStore } from './tenant-data/delivery-store';
import type { EndpointStore } from './tenant-data/endpoint-store';
import type { ImageStore } from './tenant-data/image-store';
import type { NotificationStore } from './tenant-data/notification-store';
import type { TagStore } from './tenant-data/tag-store';

/** What belongs to one tenant: images with what names them, what is notified of them, and work that failed. */
export interface TenantData
  extends ImageStore, CompositionStore, TagStore, NotificationStore, EndpointStore, DeliveryStore, DeadLetterStore {}
