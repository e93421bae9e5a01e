import type { UseCases } from '@clarion/use-cases';
import type { Scans } from './scans';

/** What a report without vulnerabilities is answered with if it has systems that no feed covers, or without support. */
export type UnsupportedAnswer = 'fail' | 'attributes';

/** What the calls of the adapter API use. */
export interface HarborServices {
  readonly useCases: Pick<UseCases, 'feeds' | 'images'>;
  readonly scans: Scans;
  /** The version of Clarion, which Harbor shows. */
  readonly version: string;
  readonly now: () => Date;
  /** Names this process in the ids of scans. */
  readonly process: string;
  /** No other process accepts scans for the same store. */
  readonly isAlone: boolean;
  /** How long a scan may take. */
  readonly scanMillis: number;
  readonly unsupported: UnsupportedAnswer;
}
