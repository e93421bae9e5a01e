import { clusterByFlaw } from '@clarion/matching';
import { type AdvisoryGroup, isCveId } from '@clarion/model';

/**
 * Finds the ids that flaws have now, by any id that they had: aliases change. An id that several flaws have now belongs
 * to all of them. The groups are those about one package.
 */
export class IdsNow {
  private readonly groups: readonly AdvisoryGroup[];
  private byId: ReadonlyMap<string, readonly string[]> | undefined;

  constructor(groups: readonly AdvisoryGroup[]) {
    this.groups = groups;
  }

  /** Undefined for an id that nobody knows any more. */
  of(id: string): readonly string[] | undefined {
    if (isCveId(id)) return [id];
    this.byId ??= this.index();
    return this.byId.get(id);
  }

  private index(): ReadonlyMap<string, readonly string[]> {
    const byId = new Map<string, string[]>();
    const advisories = this.groups.flatMap((group) => group.advisories);
    for (const cluster of clusterByFlaw(advisories, (advisory) => advisory)) {
      for (const id of [cluster.id, ...cluster.aliases]) {
        const known = byId.get(id);
        if (known === undefined) byId.set(id, [cluster.id]);
        else if (!known.includes(cluster.id)) known.push(cluster.id);
      }
    }
    return byId;
  }
}
