import './styles/app.css';
import { createDOMRenderer, RendererProvider } from '@fluentui/react-components';
import { createRoot } from 'react-dom/client';
import { App, type AppProps } from './app.tsx';

/** The nonce of this load, as main wrote it into the page; without one the styles of a strict policy stay out. */
function nonceOf(page: Document): string | undefined {
  return page.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce ?? undefined;
}

/** Puts the app into the page. */
export function start(page: Document, props: AppProps): void {
  const root = page.querySelector('#root');
  if (!root) throw new Error('the page has no element for the app: index.html needs <div id="root">');
  const nonce = nonceOf(page);
  const renderer = createDOMRenderer(page, nonce === undefined || nonce === '' ? {} : { styleElementAttributes: { nonce } });
  createRoot(root).render(
    <RendererProvider renderer={renderer} targetDocument={page}>
      <App {...props} />
    </RendererProvider>,
  );
}
