export { createMqttLink, type MqttLinkOptions } from './mqtt-link.ts';
export { createPlatformProbe, type PlatformProbeOptions } from './platform-probe.ts';
