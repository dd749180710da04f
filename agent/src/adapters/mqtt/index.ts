export { createMqttLink, type MqttLinkOptions } from './mqtt-link.ts';
