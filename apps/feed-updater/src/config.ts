import {
  busSettings,
  duration,
  egressSettings,
  feedSettings,
  flag,
  integer,
  notificationSettings,
  processSettings,
  setting,
  storeSettings,
  text,
} from '@clarion/service-runtime';

/** Settings of the feed updater. */
export const settings = {
  ...processSettings,
  ...storeSettings,
  ...busSettings,
  ...egressSettings,
  ...feedSettings,
  ...notificationSettings,
  feedsFrom: setting('CLARION_FEEDS_FROM', text(), {
    about: 'Mirror of all feeds: a folder, or an address, with one folder a feed (docs/air-gapped.md)',
    optional: true,
  }),
  scheduled: setting('CLARION_SCHEDULE', flag(), {
    about: 'Whether feeds are updated when they are due; without, only when the API asks for it',
    default: 'true',
  }),
  scheduleMillis: setting('CLARION_SCHEDULE_EVERY', duration(), {
    about: 'How often it is looked which feeds are due',
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
