import { type ReactNode, useEffect, useRef } from 'react';
import { useApp } from '../app-context.ts';

/** A page with its heading; the heading takes the focus when the page comes, so that nobody is left on the body. */
export function PageHead({ title, children }: { readonly title: string; readonly children?: ReactNode }) {
  const { hasMoved } = useApp();
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (hasMoved) heading.current?.focus();
  }, [hasMoved]);
  return (
    <div className="page-head">
      <h1 ref={heading} tabIndex={-1} className="title3">
        {title}
      </h1>
      {children ? <div className="page-actions">{children}</div> : null}
    </div>
  );
}

export function SectionHead({ title, children }: { readonly title: string; readonly children?: ReactNode }) {
  return (
    <div className="section-head">
      <h2>{title}</h2>
      {children ? <span className="caption muted">{children}</span> : null}
    </div>
  );
}

/** Names and values in two columns. */
export function Facts({ rows }: { readonly rows: readonly (readonly [name: string, value: ReactNode])[] }) {
  return (
    <dl className="card facts">
      {rows.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
