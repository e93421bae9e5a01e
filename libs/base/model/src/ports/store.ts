import type { LeaseStore } from './lease-store';
import type { ProgressStore } from './progress-store';
import type { ResultStore } from './result-store';
import type { SharedFacts } from './shared-facts';
import type { StoreMaintenance } from './store-maintenance';
import type { TenantData } from './tenant-data';

/**
 * All storage of Clarion, for the code that connects it; other code uses only the parts it needs. One contract suite
 * runs against every adapter.
 */
export interface Store extends SharedFacts, TenantData, LeaseStore, ProgressStore, ResultStore, StoreMaintenance {}
