import type { LeaseStore } from './lease-store';
import type { SharedFacts } from './shared-facts';
import type { StoreMaintenance } from './store-maintenance';
import type { TenantData } from './tenant-data';

/** Everything Clarion remembers, for those that wire it; others ask for the parts they need. One contract suite runs against every adapter. */
export interface Store extends SharedFacts, TenantData, LeaseStore, StoreMaintenance {}
