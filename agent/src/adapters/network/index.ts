/** What every connection of the agent has in common: the proxy, and whom TLS trusts. */
export { createProxyChoice, type ProxySources } from './proxy-choice.ts';
export { loadTlsContexts } from './tls-contexts.ts';
