/** A statement of a scenario. The page of this room has this table; errors quote it. */
export interface Form {
  /** The word that it starts with. */
  readonly word: string;
  /** Capitals stand for what the author chooses, brackets around what may be left out. */
  readonly usage: string;
  readonly meaning: string;
  readonly example: string;
}

export const heads: readonly Form[] = [
  {
    word: "scenario",
    usage: 'scenario "NAME"',
    meaning: "starts a scenario; a file with only one needs none and gives it its own name",
    example: 'scenario "heats a cold room"',
  },
  {
    word: "rig",
    usage: "rig FILE",
    meaning: "another rig than the app's own rig.json",
    example: "rig cold.rig.json",
  },
  {
    word: "app",
    usage: "app PATH",
    meaning: "one more app on the same device: a folder or a container",
    example: "app ../../display",
  },
  {
    word: "version",
    usage: "version NAME PATH",
    meaning: "another version of one of the apps, for `swap`; the app is the one of the same name",
    example: "version v2 ../../counter-v2",
  },
];

export const whens: readonly Form[] = [
  {
    word: "at",
    usage: "at TIME",
    meaning: "when the device has run so long",
    example: "at 10s",
  },
  {
    word: "after",
    usage: "after DURATION",
    meaning: "so long after the statement before is done",
    example: "after 500ms",
  },
];

export const acts: readonly Form[] = [
  {
    word: "press",
    usage: "press BUTTON [for DURATION]",
    meaning: "presses a button of the rig, for 200 ms unless said otherwise",
    example: "press button for 2s",
  },
  {
    word: "set",
    usage: "set SIGNAL to NUMBER",
    meaning: "from now on a signal of the rig has this value",
    example: "set temperature to 18.5",
  },
  {
    word: "ramp",
    usage: "ramp SIGNAL [from NUMBER] to NUMBER over DURATION",
    meaning: "from now on a signal goes evenly to a value, and stays there; does not wait for it",
    example: "ramp temperature to 30 over 5m",
  },
  {
    word: "publish",
    usage: "publish TOPIC PAYLOAD",
    meaning: "a message arrives: a word, a number, a text in quotes or JSON",
    example: "publish house/mode away",
  },
  {
    word: "setting",
    usage: "setting NAME to VALUE",
    meaning: "changes a setting, as its owner would; APP.NAME where several apps have it",
    example: "setting setPoint to 22.5",
  },
  {
    word: "swap",
    usage: "swap [APP] to VERSION",
    meaning: "puts a version in the place of the one that runs; the first is called `first`",
    example: "swap to v2",
  },
  {
    word: "restart",
    usage: "restart",
    meaning: "the power fails and comes back",
    example: "restart",
  },
  {
    word: "expect",
    usage: "expect WHAT",
    meaning: "waits until it is so, and fails where it is not in time",
    example: "expect heater on within 2s",
  },
];

export const expectations: readonly Form[] = [
  {
    word: "need",
    usage: "expect NEED on|off [within DURATION]",
    meaning:
      "a pin is active or not: now, or at some time until then. APP.NEED where several apps have it",
    example: "expect heater on within 2s",
  },
  {
    word: "stays",
    usage: "expect NEED [stays] on|off for DURATION|until TIME",
    meaning: "all that time, without a break",
    example: "expect heater stays off until 5m",
  },
  {
    word: "duty",
    usage: "expect NEED COMPARISON [within DURATION|for DURATION|until TIME]",
    meaning: "the duty of a pwm output, in whole percents",
    example: "expect fan >= 40% within 5s",
  },
  {
    word: "message",
    usage: "expect message TOPIC [CONDITION] within DURATION",
    meaning: "an app publishes such a message",
    example: "expect message climate temperature > 20.5 within 1m",
  },
  {
    word: "log",
    usage: "expect log CONDITION [of APP] within DURATION",
    meaning: "an app logs such a line",
    example: "expect log matching /limit: \\d+/ within 1s",
  },
  {
    word: "trap",
    usage: "expect trap CODE [of APP] within DURATION",
    meaning: "an app ends itself with this code; any other end fails the scenario",
    example: "expect trap time-budget within 1s",
  },
  {
    word: "parked",
    usage: "expect parked [of APP] within DURATION",
    meaning: "an app has ended too often and is not started again",
    example: "expect parked within 1m",
  },
  {
    word: "swap",
    usage: "expect swap kept|back [of APP] within DURATION",
    meaning: "the trial of a version ends so",
    example: "expect swap kept within 15s",
  },
  {
    word: "no",
    usage: "expect no message|log|swap|parked ... for DURATION|until TIME",
    meaning: "it does not happen in that time",
    example: "expect no message alarm for 1m",
  },
];

/** The form that a word starts. */
export function formOf(word: string): Form | undefined {
  return [...heads, ...whens, ...acts].find((form) => form.word === word);
}

/** What other tools call it. */
export const synonyms: Readonly<Record<string, string>> = {
  assert: "expect",
  check: "expect",
  verify: "expect",
  click: "press",
  push: "press",
  send: "publish",
  emit: "publish",
  wait: "after",
  sleep: "after",
  delay: "after",
  in: "after",
  reset: "restart",
  reboot: "restart",
  update: "swap",
  upgrade: "swap",
  test: "scenario",
  it: "scenario",
};
