import { protocol, type Session } from 'electron';
import { pageFile, pageScheme } from './windows/page-files.ts';

/** Before the app is ready: our scheme has origins, as https has, and nothing besides. */
export function declarePageScheme(): void {
  protocol.registerSchemesAsPrivileged([{ scheme: pageScheme, privileges: { standard: true, secure: true } }]);
}

/** Serves the files of the page from `folder`. */
export function servePages(session: Session, folder: string): void {
  session.protocol.handle(pageScheme, async ({ url, method }) => {
    const { status, headers, body } = await pageFile(folder, { url, method });
    return new Response(typeof body === 'string' ? body : new Uint8Array(body), { status, headers: { ...headers } });
  });
}
