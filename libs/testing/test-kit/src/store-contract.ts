import { describeAdvisoryStore } from './store-contract-advisories';
import { describeChanges } from './store-contract-changes';
import { describeCompositions } from './store-contract-compositions';
import { describeDeadlines } from './store-contract-deadlines';
import { describeDeliveries } from './store-contract-deliveries';
import { describeHistory } from './store-contract-history';
import { describeSubmittedImages } from './store-contract-images';
import { describeLayerStore } from './store-contract-layers';
import { describeMentions } from './store-contract-mentions';
import { describeNotifications } from './store-contract-notifications';
import { describePruning } from './store-contract-pruning';
import { describeResults } from './store-contract-results';
import { describeSeenFiles } from './store-contract-seen-files';
import { describeTags } from './store-contract-tags';
import { describeFeedUpdates } from './store-contract-updates';
import { describeWork } from './store-contract-work';
import type { StoreUnderTest } from './store-under-test';

/**
 * The contract of the port `Store`. Every adapter runs it: `describeStoreContract('embedded', openEmptyStore)`. Each
 * test gets a new empty store.
 */
export function describeStoreContract(name: string, open: () => Promise<StoreUnderTest>): void {
  describe(`store contract: ${name}`, () => {
    let current: StoreUnderTest;
    beforeEach(async () => {
      current = await open();
    });
    afterEach(async () => {
      await current.cleanup();
    });
    describeLayerStore(() => current);
    describeSeenFiles(() => current);
    describeResults(() => current);
    describeTags(() => current);
    describeAdvisoryStore(() => current);
    describeFeedUpdates(() => current);
    describeMentions(() => current);
    describeChanges(() => current);
    describeHistory(() => current);
    describeSubmittedImages(() => current);
    describeCompositions(() => current);
    describeDeadlines(() => current);
    describeNotifications(() => current);
    describeDeliveries(() => current);
    describeWork(() => current);
    describePruning(() => current);
  });
}
