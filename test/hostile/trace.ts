import type { DeviceMessage } from "../../runtime/link/messages.js";
import type { InstalledCase } from "./stored.js";
import type { Observed } from "./target.js";

type Of<K extends DeviceMessage["kind"]> = Extract<DeviceMessage, { readonly kind: K }>;

const utf8 = new TextDecoder();

function of<K extends DeviceMessage["kind"]>(
  { messages }: Observed,
  kind: K,
  container: number,
): Of<K>[] {
  return messages.filter(
    (message): message is Of<K> =>
      message.kind === kind && "container" in message && message.container === container,
  );
}

export const messagesOf = (observed: Observed, container: number): Of<"message">[] =>
  of(observed, "message", container);
export const endsOf = (observed: Observed, container: number): Of<"ended">[] =>
  of(observed, "ended", container);

/** The numbers that a container has published on a topic. */
export function numbersOf(observed: Observed, container: number, topic: string): number[] {
  return messagesOf(observed, container)
    .filter((message) => message.topic === topic)
    .map(({ payload }) => Number(utf8.decode(payload)));
}

/** What is wrong with the way a hostile container has fared; a sentence each. */
export function judge(
  observed: Observed,
  container: number,
  { expected }: InstalledCase,
): string[] {
  const ended = endsOf(observed, container);
  const found: string[] = [];
  const lives = expected.kind === "lives" ? 1 : ended.length;
  const numbers = numbersOf(observed, container, "seen");
  const wanted = Array.from({ length: lives }, () =>
    expected.publishes.map((value) => value | 0),
  ).flat();
  if (numbers.join() !== wanted.join())
    found.push(
      `it has published ${numbers.join() || "nothing"} instead of ${wanted.join() || "nothing"}`,
    );
  if (expected.kind === "lives") {
    for (const { code, codeOffset } of ended)
      found.push(`it has ended with ${code} at ${codeOffset}`);
    return found;
  }
  const { code, at } = expected;
  if (ended.length < 2) found.push(`it has ended ${ended.length} times`);
  ended.forEach((end, life) => {
    if (end.code !== code)
      found.push(`it has ended with ${end.code} at ${end.codeOffset} instead of ${code}`);
    else if (!isAt(end.codeOffset, at))
      found.push(
        `it has ended at ${end.codeOffset} instead of ${at?.map((range) => range.join("-")).join() ?? null}`,
      );
    if (end.failures !== life + 1 || end.parked)
      found.push(
        `its end ${life + 1} counts ${end.failures} failures${end.parked ? " and is the last" : ""}`,
      );
  });
  return [...new Set(found)];
}

function isAt(offset: number | null, at: readonly (readonly [number, number])[] | null): boolean {
  if (offset === null || at === null) return offset === at;
  return at.some(([first, last]) => offset >= first && offset <= last);
}

/** What a neighbour has done: by channel, in order. */
export interface Trace {
  readonly values: readonly string[];
  readonly timesUs: readonly number[];
}

/** What of it was before that time. */
export function before({ values, timesUs }: Trace, untilUs: number): Trace {
  const count = timesUs.filter((timeUs) => timeUs < untilUs).length;
  return { values: values.slice(0, count), timesUs: timesUs.slice(0, count) };
}

/** All that neighbours do is a message or a level of the pin. */
export function traceOf(observed: Observed, container: number): Trace {
  const messages = messagesOf(observed, container);
  return {
    values: messages.map(({ topic, payload }) => `${topic} ${utf8.decode(payload)}`),
    timesUs: messages.map(({ timeUs }) => timeUs),
  };
}

export function ledOf({ led }: Observed): Trace {
  return {
    values: led.map(({ high }) => (high ? "high" : "low")),
    timesUs: led.map(({ timeUs }) => timeUs),
  };
}
