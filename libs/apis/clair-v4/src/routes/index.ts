import type { ClairRoute } from '../route';
import { affectedManifestRoute } from './affected-manifest';
import { indexReportRoutes } from './index-report';
import { indexStateRoute } from './index-state';
import { notificationRoutes } from './notification';
import { openApiRoute } from './openapi';
import { updateDiffRoute } from './update-diff';
import { updateOperationRoutes } from './update-operation';
import { vulnerabilityReportRoute } from './vulnerability-report';

/** Every call of the API; `version` is that of Clarion. */
export function routesOf(version: string): readonly ClairRoute[] {
  const routes = [
    ...indexReportRoutes,
    indexStateRoute,
    affectedManifestRoute,
    vulnerabilityReportRoute,
    ...notificationRoutes,
    ...updateOperationRoutes,
    updateDiffRoute,
  ];
  return [...routes, openApiRoute(version)];
}
