import type { ReportFormat } from '@clarion/model';

import { cyclonedx } from './cyclonedx';
import { harbor } from './harbor';
import { json } from './json';
import { table } from './table';

/** All formats by id. Cheap to import: each loads what it needs when it renders. */
export const reportFormats: readonly ReportFormat[] = [cyclonedx, harbor, json, table];
