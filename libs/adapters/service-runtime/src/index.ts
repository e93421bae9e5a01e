export { connectionSettings, requestSettings } from './caller-settings';
export {
  busOptions,
  busSettings,
  egressSettings,
  feedSettings,
  layerPortSettings,
  layerTimeSettings,
  notificationSettings,
  sealingSettings,
  storeSettings,
  webhookPortSettings,
} from './connection-settings';
export { createLog, logLevels, type LogLevel, type LogOptions, type ServiceLog } from './create-log';
export { detectorAddresses, detectorSettings, type DetectorAddress } from './detector-settings';
export { followSecret, type FollowedSecret } from './follow-secret';
export { startIntrospection, type IntrospectionListener, type IntrospectionOptions } from './introspection';
export { metricTable, type LabelOf, type MetricName } from './metric-table';
export { createMetrics, feedMetrics, type ProcessMetrics, type MetricsOptions, type MetricsScrape } from './metrics';
export { nameRequestSpan } from './name-request-span';
export { countDenials, countRegistryAnswers, observedCalls } from './observed-calls';
export { observed, observedDead, watchDeadLetters, watchQueues } from './observed';
export { readConfig, type ProcessEnvironment, type ReadConfig } from './read-config';
export { redactFields, redactText, urlForLog } from './redaction';
export { runService, type RunningService, type ServiceOptions } from './run-service';
export {
  duration,
  flag,
  fraction,
  integer,
  list,
  oneOf,
  port,
  setting,
  size,
  text,
  url,
  type ConfigOf,
  type ServiceSetting,
  type ServiceSettings,
  type TextSchema,
} from './setting';
export { processSettings } from './process-settings';
export { observeTls } from './observe-tls';
export { servingSettings, servingTls } from './serving-settings';
export { inTime, serviceMain, type ServiceContext, type ServiceMain, type StartService } from './service-main';
export { startTracing, type InstrumentedModule, type RunningTracing, type TracingOptions } from './tracing';
