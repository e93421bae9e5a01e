import type { Advisory, AdvisoryGroup, TextChange } from '@clarion/model';

/** Statements of one package that mean something else than before. */
export interface StatementDifference extends Pick<
  AdvisoryGroup,
  'feed' | 'namespace' | 'package' | 'document' | 'nameKind' | 'scheme' | 'epochs'
> {
  readonly kind: 'statements';
  /** Old and new statements of exactly the vulnerabilities that changed; empty when there were, or are, none. */
  readonly before: readonly Advisory[];
  readonly after: readonly Advisory[];
}

/** A text by which findings may have another severity or be another risk than before. */
export interface TextDifference extends Omit<TextChange, 'update'> {
  readonly kind: 'text';
}

/** What an update changes for findings; written to the outbox (`FeedWriter.putChange`) with the facts. */
export type FactDifference = StatementDifference | TextDifference;
