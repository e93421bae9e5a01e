import { alternatives } from '@clarion/model';
import { reportFormats } from '@clarion/report-formats';
import type { Option } from 'commander';
import { flag, withValues } from '../settings';

const usual = 'table';

/** `--format`, with every format of this build that can show a report, or an inventory; the default comes first. */
export function formatOption(shown: 'report' | 'inventory'): Option {
  const others = reportFormats.filter((format) => format[shown] !== undefined && format.id !== usual);
  const ids = [usual, ...others.map(({ id }) => id)];
  return withValues(flag('--format <name>', alternatives(ids)).default(usual), ids);
}
