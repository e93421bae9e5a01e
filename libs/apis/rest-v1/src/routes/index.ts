import type { AnyRoute } from '../route';
import { deadLetterRoutes } from './dead-letters';
import { endpointRoutes } from './endpoints';
import { eventRoutes } from './events';
import { feedRoutes } from './feeds';
import { historyRoutes } from './history';
import { imageRoutes } from './images';
import { notificationRoutes } from './notifications';
import { reportRoutes } from './reports';
import { vulnerabilityRoutes } from './vulnerabilities';

/** Every call of the API. */
export const routes: readonly AnyRoute[] = [
  ...imageRoutes,
  ...reportRoutes,
  ...historyRoutes,
  ...vulnerabilityRoutes,
  ...feedRoutes,
  ...notificationRoutes,
  ...endpointRoutes,
  ...deadLetterRoutes,
  ...eventRoutes,
];
