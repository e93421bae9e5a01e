import type { AdvisoryGroup, VulnerabilityRecord } from '@clarion/model';
import type { RecordLayer, SpooledRecord } from './record-encoding';
import { joinParts } from './record-spool';

/** The result of applying a patch to the parts of one group. */
export interface PatchedGroup {
  /** Undefined when the patched group is empty. */
  readonly group: AdvisoryGroup | undefined;
  /** Number of parts that were left out because they disagree with the first. */
  readonly refused: number;
}

/** The joined parts of one group. For `replaced` vulnerabilities only the advisories of the patch count. */
export function patchedGroup(records: readonly SpooledRecord[], replaced: ReadonlySet<string>): PatchedGroup {
  const base = groupsOf(records, 'base');
  if (replaced.size === 0) return joinParts(base);
  const kept = base.flatMap((part) => {
    const advisories = part.advisories.filter(({ id }) => !replaced.has(id));
    if (advisories.length === part.advisories.length) return [part];
    return advisories.length === 0 ? [] : [{ ...part, advisories }];
  });
  return joinParts([...kept, ...groupsOf(records, 'patch')]);
}

function groupsOf(records: readonly SpooledRecord[], from: RecordLayer): readonly AdvisoryGroup[] {
  return records.flatMap(([layer, record]) => (layer === from && record.kind === 'group' ? [record.group] : []));
}

/** The last record of one vulnerability; for a `replaced` one, the last record of the patch. */
export function patchedText(
  records: readonly SpooledRecord[],
  replaced: ReadonlySet<string>,
): VulnerabilityRecord | undefined {
  let found: VulnerabilityRecord | undefined;
  for (const [layer, record] of records) {
    if (record.kind !== 'vulnerability') continue;
    if (layer === 'patch' || !replaced.has(record.text.id)) found = record.text;
  }
  return found;
}
