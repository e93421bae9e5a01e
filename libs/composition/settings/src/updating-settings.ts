import { duration, flag, integer, notificationSettings, setting, text } from '@clarion/service-runtime';

/** Settings of feed updates. */
export const updatingSettings = {
  ...notificationSettings,
  feedsFrom: setting('CLARION_FEEDS_DIR', text(), {
    about: 'Mirror of all feeds: a folder, or an address, with one folder a feed (docs/air-gapped.md)',
    optional: true,
  }),
  scheduled: setting('CLARION_SCHEDULE', flag(), {
    about: 'Whether feeds are updated when they are due; if not, only when the API requests it',
    default: 'true',
  }),
  scheduleMillis: setting('CLARION_SCHEDULE_EVERY', duration(), {
    about: 'How often feeds are checked for being due, and the store for changes that were not published',
    default: '30s',
  }),
  concurrentFeeds: setting('CLARION_CONCURRENT_FEEDS', integer({ min: 1, max: 16 }), {
    about: 'Feeds that are updated at the same time',
    default: '1',
  }),
  scratchDirectory: setting('CLARION_SCRATCH', text(), {
    about: 'Folder for what does not fit into memory while a feed is read; the temporary folder unless stated',
    optional: true,
  }),
};
