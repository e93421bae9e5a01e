export { type ApiAnswer, apiClient, type ApiClient, type ApiItem } from './api-client';
export { type FilledInstallation, fillInstallation, type FillingSetup, installationAnswers } from './fill-installation';
export { type InstallationUnderTest, installationContract } from './installation-contract';
export { type ReceivedWebhook, startWebhookReceiver, type WebhookReceiver } from './webhook-receiver';
export {
  type ServiceInstallation,
  type ServiceInstallationOptions,
  type ServiceName,
  serviceNames,
  startServiceInstallation,
} from './service-installation';
