import type { CompositionStore } from './tenant-data/composition-store';
import type { DeadLetterStore } from './tenant-data/dead-letter-store';
import type { DeadlineStore } from './tenant-data/deadline-store';
import type { DeliveryStore } from './tenant-data/delivery-store';
import type { EndpointStore } from './tenant-data/endpoint-store';
import type { ImageStore } from './tenant-data/image-store';
import type { NotificationStore } from './tenant-data/notification-store';
import type { TagStore } from './tenant-data/tag-store';

/** The data of one tenant: images with their names, notifications about them, and failed work. */
export interface TenantData
  extends
    ImageStore,
    CompositionStore,
    DeadlineStore,
    TagStore,
    NotificationStore,
    EndpointStore,
    DeliveryStore,
    DeadLetterStore {}
