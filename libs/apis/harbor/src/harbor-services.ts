import type { UseCases } from '@clarion/use-cases';

/** What the calls of the adapter API use. */
export interface HarborServices {
  readonly useCases: Pick<UseCases, 'feeds' | 'images'>;
  /** The version of Clarion, which Harbor shows. */
  readonly version: string;
  readonly now: () => Date;
}
