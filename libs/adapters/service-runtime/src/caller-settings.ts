import { type CallerLimit, connectionLimits, requestLimits } from '@clarion/connections';
import { duration, integer, setting, type ServiceSetting } from './setting';

/** What connections to a service may take: spread into the table of one that listens. */
export const connectionSettings = settingsOf(connectionLimits);

/** Time limits of API requests. */
export const requestSettings = settingsOf(requestLimits);

function settingsOf<T extends Readonly<Record<string, CallerLimit>>>(
  table: T,
): Record<keyof T, ServiceSetting<number>> {
  const settings = Object.entries(table).map(([key, { name, kind, about, default: value }]) => {
    const env = `CLARION_${name.replaceAll('-', '_').toUpperCase()}`;
    return [key, setting(env, kind === 'count' ? integer({ min: 1 }) : duration(), { about, default: value })];
  });
  return Object.fromEntries(settings) as Record<keyof T, ServiceSetting<number>>;
}
