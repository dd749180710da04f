import { CheckmarkCircle20Filled, Circle20Regular } from '@fluentui/react-icons';
import { Spinner } from '@fluentui/react-components';

export interface Step {
  readonly text: string;
  readonly aside?: string | undefined;
}

/** What is done, what is being done, what comes. */
export function Steps({ steps, current }: { readonly steps: readonly Step[]; readonly current: number }) {
  return (
    <ol className="steps">
      {steps.map(({ text, aside }, index) => (
        <li key={text} className={index < current ? 'done' : index === current ? 'now' : ''} aria-current={index === current ? 'step' : undefined}>
          {index < current ? (
            <CheckmarkCircle20Filled className="good-icon" aria-hidden />
          ) : index === current ? (
            <Spinner size="extra-tiny" aria-hidden />
          ) : (
            <Circle20Regular aria-hidden />
          )}
          <span>{text}</span>
          <span className="aside">{aside}</span>
        </li>
      ))}
    </ol>
  );
}
