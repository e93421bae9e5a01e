import type { ReportFormat } from '@clarion/model';

import { cyclonedx } from './cyclonedx';
import { json } from './json';
import { table } from './table';

/** All formats by id. Cheap to import: each loads what it needs when it renders. */
export const reportFormats: readonly ReportFormat[] = [cyclonedx, json, table];
