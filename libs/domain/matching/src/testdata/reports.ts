import type { AdvisoryGroup, EffectiveImage, Finding, PlacedFeature, Report } from '@clarion/model';
import { matchImage } from '../match-image';
import type { MatchOptions } from '../types';
import { type Extra, factsOf, feedsSaying, imageOf, options } from './facts';

/** What a report is made under, beside packages and statements. */
export interface Setting extends Extra {
  readonly image?: Partial<EffectiveImage>;
  readonly options?: Partial<MatchOptions>;
}

export function reportOf(
  features: readonly PlacedFeature[],
  groups: readonly AdvisoryGroup[],
  { image, options: more, ...extra }: Setting = {},
): Promise<Report> {
  return matchImage(imageOf(features, image), factsOf(groups, extra), {
    ...options,
    feeds: feedsSaying(groups, extra.texts, extra.repositories),
    ...more,
  });
}

/** A finding in one line: `package CVE state fixedIn severity`. */
export function line(f: Finding): string {
  return `${f.package.name} ${f.id} ${f.state} ${f.fixedIn ?? '-'} ${f.severity}`;
}

export async function linesOf(
  features: readonly PlacedFeature[],
  groups: readonly AdvisoryGroup[],
): Promise<readonly string[]> {
  return (await reportOf(features, groups)).findings.map(line);
}

