import type { Advisory, AdvisoryGroup, TextChange } from '@clarion/model';

/** Advisories of one package whose meaning changed. */
export interface AdvisoryDifference extends Pick<
  AdvisoryGroup,
  'feed' | 'namespace' | 'package' | 'document' | 'nameKind' | 'scheme' | 'epochs'
> {
  readonly kind: 'advisories';
  /** Old and new advisories of exactly the vulnerabilities that changed; empty when there are none before or after. */
  readonly before: readonly Advisory[];
  readonly after: readonly Advisory[];
}

/** A changed vulnerability record that can change the severity or the exploitation risk of findings. */
export interface TextDifference extends Omit<TextChange, 'update'> {
  readonly kind: 'text';
}

/** A change of an update that affects findings; written to the outbox (`FeedWriter.putChange`) with the facts. */
export type FactDifference = AdvisoryDifference | TextDifference;
