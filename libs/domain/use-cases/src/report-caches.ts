import { type ComposedImages, createComposedImages } from './composed-images';
import type { UseCaseContext } from './context';
import { createMatchCache, type MatchCache } from './match-cache';
import { createReportCache, type ReportCache } from './report-cache';

/** What reports of this process share, from the bytes down to the facts. */
export interface ReportCaches {
  readonly reports: ReportCache;
  readonly composedImages: ComposedImages;
  readonly matching: MatchCache;
}

export function createReportCaches({ store, limits }: Pick<UseCaseContext, 'store' | 'limits'>): ReportCaches {
  const { reportBytes, composedPackages, findings, factBytes } = limits;
  return {
    reports: createReportCache(reportBytes),
    composedImages: createComposedImages(composedPackages),
    matching: createMatchCache(store, { findings, factBytes }),
  };
}
