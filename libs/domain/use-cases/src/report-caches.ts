import { type ComposedImages, createComposedImages } from './composed-images';
import type { UseCaseContext } from './context';
import { createMatchCache, type MatchCache } from './match-cache';
import { createReportCache, type ReportCache } from './report-cache';
import { createStoredReports } from './stored-reports';

/** What reports of this process share, from the bytes down to the facts. */
export interface ReportCaches {
  readonly reports: ReportCache;
  readonly composedImages: ComposedImages;
  readonly matching: MatchCache;
}

/** Without the id of a build nothing shows that a stored report is one that this program would make. */
export function createReportCaches({
  store,
  limits,
  log,
  buildId,
}: Pick<UseCaseContext, 'store' | 'limits' | 'log' | 'buildId'>): ReportCaches {
  const { reportBytes, storedASecond, composedPackages, findings, factBytes } = limits;
  return {
    reports: createReportCache(
      reportBytes,
      buildId === undefined ? undefined : createStoredReports({ store, log, aSecond: storedASecond }),
    ),
    composedImages: createComposedImages(composedPackages),
    matching: createMatchCache(store, { findings, factBytes }),
  };
}
