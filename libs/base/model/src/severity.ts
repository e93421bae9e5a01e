/** The six severities of every report, most severe first. */
export const severities = ['Critical', 'High', 'Medium', 'Low', 'Negligible', 'Unknown'] as const;

export type Severity = (typeof severities)[number];

/** Orders severities from most to least severe; negative when `a` is more severe. */
export function compareSeverity(a: Severity, b: Severity): number {
  return severities.indexOf(a) - severities.indexOf(b);
}
