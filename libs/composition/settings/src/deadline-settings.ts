import { duration, setting, text } from '@clarion/service-runtime';

/** By when findings must be gone (`deadlinePolicy`). */
export const deadlineSettings = {
  deadlines: setting('CLARION_DEADLINES', text(), {
    about:
      'Deadlines of findings, first match first: `exploited=catalogue, Critical+fix=15d, any=90d` (docs/deadlines.md)',
    default: '',
  }),
  deadlineNoticeMillis: setting('CLARION_DEADLINE_NOTICE', duration(), {
    about: 'How long before its deadline a finding is due',
    default: '7d',
  }),
};
