import type { AdvisoryScope, DocumentState } from '@clarion/model';
import type { SpooledRecord } from './record-encoding';

/**
 * Tracks which releases a document covers. Advisories that apply only to add-on products, module streams, support
 * channels, special builds or extra repositories do not cover a release: its other packages would look checked.
 */
export class CoveredReleases {
  readonly #covered = new Set<string>();
  readonly #whole: boolean;

  /**
   * `whole`: `note` gets all records of the document. Otherwise it gets the records of a patch, and stored groups,
   * which do not count.
   */
  constructor(whole: boolean) {
    this.#whole = whole;
  }

  note(namespace: string, records: readonly SpooledRecord[]): void {
    if (this.#covered.has(namespace)) return;
    const counts = records.some(([layer, record]) => {
      if (record.kind !== 'group' || record.addOn === true) return false;
      if (!this.#whole && layer !== 'patch') return false;
      return record.group.advisories.some(({ scope }) => isOfRelease(scope));
    });
    if (counts) this.#covered.add(namespace);
  }

  /** The current namespaces of a document that are not covered; `mentioned` are those that it mentions. */
  addOnsOnly(
    namespaces: readonly string[],
    { mentioned, last }: { readonly mentioned: ReadonlySet<string>; readonly last: DocumentState | undefined },
  ): readonly string[] {
    const before = new Set(last?.namespaces.filter((id) => last.addOnsOnly?.includes(id) !== true));
    const covered = (id: string): boolean =>
      this.#covered.has(id) || (before.has(id) && !(this.#whole && mentioned.has(id)));
    return namespaces.filter((id) => !covered(id));
  }
}

function isOfRelease({ module, channel, flavour, origin }: AdvisoryScope = {}): boolean {
  return module === undefined && channel === undefined && flavour === undefined && origin === undefined;
}
