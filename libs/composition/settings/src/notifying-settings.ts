import { duration, flag, integer, list, notificationSettings, oneOf, setting, url } from '@clarion/service-runtime';
import { clairKey } from './clair-settings';
import { deadlineSettings } from './deadline-settings';

/** The changes to notify, the delivery, and the retention times. */
export const notifyingSettings = {
  ...notificationSettings,
  ...deadlineSettings,
  cloudEvents: setting('CLARION_CLOUDEVENTS_MODE', oneOf(['structured', 'binary']), {
    about: 'Whether attributes of CloudEvents are in the body or in headers',
    default: 'structured',
  }),
  clairCallback: setting('CLARION_CLAIR_CALLBACK', url(['https', 'http']), {
    about:
      'Base of the callbacks in Clair v4 bodies; `/notifier/api/v1/notification/` of the public address unless stated',
    optional: true,
  }),
  clairKey,
  clairAuthorities: setting('CLARION_CLAIR_AUTHORITIES', list(), {
    about: 'Receivers (`host` or `host:port`) that such a token is sent to',
    default: '',
  }),
  stateChanges: setting('CLARION_NOTIFY_STATE_CHANGES', flag(), {
    about: 'Also notify of changes of only the state (`affected` to `will_not_fix`), to endpoints that ask for them',
    default: 'false',
  }),
  withoutReference: setting('CLARION_NOTIFY_UNREFERENCED', flag(), {
    about: 'Also notify of images whose tags have all moved to other images, so that nobody pulls them by name',
    default: 'false',
  }),
  concurrency: setting('CLARION_CONCURRENT_CHANGES', integer({ min: 1, max: 64 }), {
    about: 'Changed vulnerabilities that are processed at the same time',
    default: '4',
  }),
  acknowledgedMillis: setting('CLARION_KEEP_ACKNOWLEDGED', duration(), {
    about:
      'How long acknowledged notifications are kept; all `CLARION_KEEP_…` times of notifications count from the update of the feed',
    default: '1d',
  }),
  notificationMillis: setting('CLARION_KEEP_NOTIFICATIONS', duration(), {
    about: 'How long notifications are kept that were delivered or have no receiver, with their images and deliveries',
    default: '14d',
  }),
  deadMillis: setting('CLARION_KEEP_DEAD', duration(), {
    about: 'How long notifications that could not be delivered are kept, and dead letters of any work',
    default: '30d',
  }),
  historyMillis: setting('CLARION_KEEP_HISTORY', duration(), {
    about:
      'How long the changes of updates are kept: reports of the past go back that far; no shorter than CLARION_KEEP_DEAD, because dead letters may be replayed',
    default: '400d',
  }),
  unusedMillis: setting('CLARION_KEEP_UNUSED', duration(), {
    about: 'How long layers and packages that no submitted image needs are kept after their last use',
    default: '30d',
  }),
};
