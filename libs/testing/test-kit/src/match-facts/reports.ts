import type { AdvisoryGroup, EffectiveImage, Finding, PlacedFeature, Report } from '@clarion/model';
import { type OtherFacts, factsOf, feedsSaying, imageOf, options, type RequiredOptions } from './facts';

/** The input of a report, apart from packages and advisories. */
export interface ReportSetting<Options> extends OtherFacts {
  readonly image?: Partial<EffectiveImage>;
  readonly options?: Partial<Options>;
}

/** One case: the installed package, the advisories, the result. */
export type ReportRow<Options> = readonly [
  title: string,
  feature: PlacedFeature,
  group: AdvisoryGroup,
  expected: readonly string[],
  setting?: ReportSetting<Options>,
];

type MakeReport<Options> = (
  image: EffectiveImage,
  facts: ReturnType<typeof factsOf>,
  options: RequiredOptions & Partial<Options>,
) => Promise<Report>;

/** A finding in one line: `package CVE state fixedIn severity`. */
export function line(f: Finding): string {
  return `${f.package.name} ${f.id} ${f.state} ${f.fixedIn ?? '-'} ${f.severity}`;
}

/** Reports on packages and advisories, made by the function under test. */
export function reportsMadeBy<Options>(makeReport: MakeReport<Options>) {
  const reportOf = (
    features: readonly PlacedFeature[],
    groups: readonly AdvisoryGroup[],
    { image, options: more, ...extra }: ReportSetting<Options> = {},
  ): Promise<Report> =>
    makeReport(imageOf(features, image), factsOf(groups, extra), {
      ...options,
      feeds: feedsSaying(groups, extra.texts, extra.repositories),
      ...more,
    } as RequiredOptions & Partial<Options>);
  const linesOf = async (
    features: readonly PlacedFeature[],
    groups: readonly AdvisoryGroup[],
  ): Promise<readonly string[]> => (await reportOf(features, groups)).findings.map(line);
  const expectRow = async ([, feature, one, expected, setting]: ReportRow<Options>): Promise<void> => {
    const { findings, coverage } = await reportOf([feature], [one], setting);
    const lines = findings.map((f) => `${f.id} ${f.state} ${f.fixedIn ?? '-'}`);
    const open = coverage.undetermined.map(({ vulnerability }) => `${vulnerability ?? '-'} undetermined`);
    expect([...lines, ...open]).toEqual(expected);
  };
  return { reportOf, linesOf, expectRow };
}
