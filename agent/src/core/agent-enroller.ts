import type { AgentParts } from './agent-parts.ts';
import type { AgentPorts, AgentSettings } from './agent-settings.ts';
import { Enroller, type EnrollerContext } from './enrolment/enroller.ts';
import { enrolmentHash } from './enrolment/identity.ts';

/** The enroller among the agent's parts: what it asks the platform for leaves through the outlet as everything does. */
export function buildEnroller(
  ports: Omit<AgentPorts, 'link'>,
  settings: AgentSettings,
  { outlet }: AgentParts,
  present: Pick<EnrollerContext, 'identity' | 'onNewLogin' | 'onClientExists'>,
): Enroller {
  return new Enroller({
    ...ports,
    ...present,
    log: ports.log.child('enrolment'),
    settings: { ...settings, hasOwnCertificate: settings.tls.certFile !== null },
    http: outlet.http(ports.http, { kind: 'enrolment', note: 'a request for a credential of its own' }),
    isEnrolledWith: (token) => enrolmentHash(settings.organizationId, token, ports.entropy) === present.identity().enrolment,
  });
}
