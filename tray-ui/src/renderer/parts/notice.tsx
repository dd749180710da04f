import { MessageBar, MessageBarActions, MessageBarBody, MessageBarTitle } from '@fluentui/react-components';
import type { ReactElement, ReactNode } from 'react';

/** The one message bar that a page may have. */
export function Notice({
  icon,
  title,
  text,
  action,
}: {
  readonly icon: ReactElement;
  readonly title: string;
  readonly text: string;
  readonly action?: ReactNode;
}) {
  return (
    <MessageBar className="notice" intent="info" layout="multiline" icon={icon}>
      <MessageBarBody>
        <MessageBarTitle>{title}</MessageBarTitle>
        <div>{text}</div>
      </MessageBarBody>
      {action ? <MessageBarActions>{action}</MessageBarActions> : null}
    </MessageBar>
  );
}
